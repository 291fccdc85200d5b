"""The bank in the API."""

from django.db import IntegrityError
from django.db.models import Prefetch, QuerySet
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import mixins, status
from rest_framework.decorators import action
from rest_framework.exceptions import ValidationError
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet

from accounts import access
from accounts.api.callers import member_of
from accounts.api.permissions import IsAuthor
from reinforcement.competencies.models import Competency
from reinforcement.questions import services
from reinforcement.questions.models import Question, QuestionVersion
from reinforcement.questions.queries import with_wordings
from reinforcement.questions.serializers import NewQuestionSerializer, NewVersionSerializer, QuestionSerializer


class Questions(mixins.ListModelMixin, mixins.RetrieveModelMixin, GenericViewSet):
    """Authors, managers and HR read the whole bank with its keys; others the questions they have answered, as they answered them."""

    serializer_class = QuestionSerializer
    queryset = Question.objects.none()
    lookup_field = "public_id"
    lookup_value_converter = "uuid"

    def get_queryset(self) -> QuerySet[Question]:
        member = member_of(self.request)
        questions = with_wordings(Question.objects.visible_to(member).filter(current_version__isnull=False)).select_related("competency")
        if access.reads_all_content(member):
            return questions
        # A newer version than the one they answered would tell what is right before it is asked.
        seen = QuestionVersion.objects.filter(organization_id=member.organization_id, answers__member_id=member.pk)
        seen = seen.distinct().order_by("-number").prefetch_related("wordings")
        return questions.prefetch_related(Prefetch("versions", seen, to_attr="seen_versions"))

    def get_permissions(self):
        return [*super().get_permissions(), *([IsAuthor()] if self.action in ("create", "versions") else [])]

    @extend_schema(request=NewQuestionSerializer, responses={201: QuestionSerializer})
    def create(self, request):
        """A new question in the bank, with its first version."""
        member = member_of(request)
        context = {
            "competencies": Competency.objects.editable_by(member).filter(archived_at=None),
            "questions": Question.objects.editable_by(member),
        }
        given = NewQuestionSerializer(data=request.data, context=context)
        given.is_valid(raise_exception=True)
        try:
            question = services.create_question(created_by=member, **given.validated_data)
        except IntegrityError as error:
            # Two requests with one id at once: both found it free.
            raise ValidationError({"external_id": [_("Another question has this id.")]}) from error
        return Response(self._shown(question.public_id), status=status.HTTP_201_CREATED)

    @extend_schema(request=NewVersionSerializer, responses={201: QuestionSerializer})
    @action(detail=True, methods=["post"])
    def versions(self, request, public_id):
        """The next version of a question; earlier ones stay as they were, and answers to them are judged by them."""
        member = member_of(request)
        question = get_object_or_404(Question.objects.editable_by(member), public_id=public_id)
        given = NewVersionSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        services.publish_version(question, created_by=member, **given.validated_data)
        return Response(self._shown(public_id), status=status.HTTP_201_CREATED)

    def _shown(self, public_id) -> dict:
        return QuestionSerializer(self.get_queryset().get(public_id=public_id)).data
