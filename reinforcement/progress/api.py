"""Learning progress in the API."""

from uuid import UUID

from django.shortcuts import get_object_or_404
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.exceptions import NotFound
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.api.callers import member_of
from accounts.api.schema import error_response
from accounts.models import Member
from reinforcement.progress import queries
from reinforcement.progress.serializers import ProgressSerializer


class Progress(APIView):
    @extend_schema(
        operation_id="progress_retrieve",
        parameters=[OpenApiParameter("member", UUID, description="A person of the member's own line; empty for oneself.")],
        responses={200: ProgressSerializer, 404: error_response("Nobody of the member's own line has this id.")},
    )
    def get(self, request):
        """Figures of the member, or of one person who reports to the member, directly or through others."""
        reader = member_of(request)
        person = reader
        if text := request.query_params.get("member"):
            person = get_object_or_404(Member.objects.learners_visible_to(reader), public_id=_uuid(text))
        progress = queries.person_progress(person, reader)
        if progress is None:
            raise NotFound
        values = {"member": person.public_id, "competencies": progress.competencies, "weeks": progress.weeks}
        return Response(ProgressSerializer(values).data)


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise NotFound from None
