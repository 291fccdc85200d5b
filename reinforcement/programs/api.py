"""Programs in the API."""

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import mixins, status
from rest_framework.decorators import action
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet

from accounts.api.callers import member_of
from accounts.api.errors import Conflict
from accounts.api.permissions import IsAuthor
from accounts.api.schema import error_response
from reinforcement.programs import services
from reinforcement.programs.models import Program
from reinforcement.programs.serializers import ProgramInputSerializer, ProgramSerializer, ProgramSummarySerializer

NOT_A_DRAFT = error_response("The program is launched or has ended.")
NOT_READY = error_response("The program lacks questions or an audience, or has ended.")


class Programs(mixins.ListModelMixin, mixins.RetrieveModelMixin, GenericViewSet):
    """Authors, managers and HR read all programs; others the ones they take part in."""

    queryset = Program.objects.none()
    serializer_class = ProgramSerializer
    lookup_field = "public_id"
    lookup_value_converter = "uuid"
    http_method_names = ("get", "post", "patch", "head", "options")

    def get_queryset(self) -> QuerySet[Program]:
        return Program.objects.visible_to(member_of(self.request))

    def get_serializer_class(self):
        return ProgramSummarySerializer if self.action == "list" else ProgramSerializer

    def get_serializer_context(self) -> dict:
        return super().get_serializer_context() | {"member": getattr(self.request._request, "member", None)}

    def get_permissions(self):
        return [*super().get_permissions(), *([IsAuthor()] if self.action in ("create", "partial_update", "launch") else [])]

    @extend_schema(request=ProgramInputSerializer, responses={201: ProgramSerializer})
    def create(self, request):
        """A draft: nobody gets a question before it is launched."""
        given = ProgramInputSerializer(data=request.data, context=self.get_serializer_context())
        given.is_valid(raise_exception=True)
        member = member_of(request)
        program = services.create_program(member.organization, created_by=member, **given.validated_data)
        return Response(self.get_serializer(program).data, status=status.HTTP_201_CREATED)

    @extend_schema(request=ProgramInputSerializer, responses={200: ProgramSerializer, 409: NOT_A_DRAFT})
    def partial_update(self, request, public_id):
        """Changes a draft. `questions` and `audience` are replaced as a whole."""
        program = self._editable(public_id)
        if program.state != Program.State.DRAFT:
            raise Conflict(_("Only a draft is changed here; this program is launched or has ended."), "not_a_draft")
        given = ProgramInputSerializer(program, data=request.data, partial=True, context=self.get_serializer_context())
        given.is_valid(raise_exception=True)
        services.update_program(program, **given.validated_data)
        return Response(self.get_serializer(program).data)

    @extend_schema(request=None, responses={200: ProgramSerializer, 409: NOT_READY})
    @action(detail=True, methods=["post"])
    def launch(self, request, public_id):
        """Starts the program, from its start date. Launching a running one again changes nothing."""
        program = self._editable(public_id)
        try:
            services.launch(program)
        except services.ProgramNotReady as missing:
            raise Conflict(str(missing), "not_ready") from missing
        except services.ProgramEnded as ended:
            raise Conflict(_("The program has ended; plan a new one."), "ended") from ended
        return Response(self.get_serializer(program).data)

    def _editable(self, public_id) -> Program:
        return get_object_or_404(Program.objects.editable_by(member_of(self.request)), public_id=public_id)
