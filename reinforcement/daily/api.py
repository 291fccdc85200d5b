"""Today's set and answering in the API."""

from datetime import datetime
from uuid import UUID

from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework import status
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.api.callers import member_of
from accounts.api.errors import Conflict
from accounts.api.schema import error_response
from reinforcement.daily import services
from reinforcement.daily.models import Answer, DailySetItem
from reinforcement.daily.serializers import AnsweredSerializer, AnswerInputSerializer, AnswerSerializer, TodaySerializer
from reinforcement.questions.kinds.base import ResponseError
from reinforcement.questions.kinds.registry import kind

KEY_HEADER = "Idempotency-Key"


class Today(APIView):
    @extend_schema(operation_id="today_retrieve", responses=TodaySerializer)
    def get(self, request):
        """The member's current set. What is right is told after the answer."""
        member = member_of(request)
        current = services.current_set(member)
        if current is None:
            return Response(TodaySerializer({"set": None}).data)
        shown = {
            "daily_set": current,
            "is_open": timezone.now() - current.prepared_at <= services.OPEN_FOR,
            "items": services.items_to_answer(member).filter(daily_set=current).order_by("position"),
        }
        return Response(TodaySerializer({"set": shown}).data)


class AnswerItem(APIView):
    @extend_schema(
        operation_id="today_answer",
        parameters=[
            OpenApiParameter(
                KEY_HEADER,
                UUID,
                OpenApiParameter.HEADER,
                required=True,
                description="Of your making, one for each answer, kept for repeats.",
            )
        ],
        request=AnswerInputSerializer,
        responses={
            201: AnsweredSerializer,
            200: OpenApiResponse(AnsweredSerializer, "The answer stood already: a repeat counts once."),
            409: error_response("Another answer counts (it stands beside the error), the key was used, or the set is closed."),
        },
    )
    def post(self, request, key):
        """Answers one question of a set. The first answer counts; sending it again, from any device, changes nothing."""
        member = member_of(request)
        item = get_object_or_404(services.items_to_answer(member), key=key)
        request_key = _request_key(request)
        given = AnswerInputSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        values = given.validated_data
        try:
            # In the one shape that is stored, so that the same choice is the same answer.
            values["response"] = kind(item.version.kind).check_response(values["response"], item.wording.content)
            if services.is_key_of_another(member, item, request_key):
                raise services.RequestKeyUsed
            answered = services.answer(member, item, request_key=request_key, **values)
            if answered.answer.request_key == request_key and not _is_repeat(answered, **values):
                raise services.RequestKeyUsed
        except ResponseError as error:
            raise ValidationError({"response": [str(error.message)]}) from error
        except services.RequestKeyUsed as error:
            raise Conflict(_("Another answer was sent under this key. Make a new key for each answer."), "key_used") from error
        except services.AlreadyAnswered as error:
            counts = AnswerSerializer(_with_item(error.answer, item)).data
            raise Conflict(_("This question was answered before; that answer counts."), "already_answered", answer=counts) from error
        except services.SetClosed as error:
            raise Conflict(_("This set is closed. The question returns by itself."), "set_closed") from error
        body = AnsweredSerializer({"created": not answered.is_replay, "answer": _with_item(answered.answer, item)}).data
        return Response(body, status=status.HTTP_200_OK if answered.is_replay else status.HTTP_201_CREATED)


def _request_key(request: Request) -> UUID:
    try:
        return UUID(request.headers.get(KEY_HEADER, ""))
    except ValueError:
        raise ValidationError({KEY_HEADER: [_("Send this header with a UUID of your making, a new one for each answer.")]}) from None


def _is_repeat(answered: services.Answered, *, response: dict, confidence: str, answered_at: datetime | None = None) -> bool:
    """Whether the request says what stands in the log; without a moment it takes the one in the log."""
    row = answered.answer
    moment = row.answered_at if answered_at is None else services.clamped(answered_at, answered.item.daily_set, row.received_at)
    return (row.response, row.confidence, row.answered_at) == (response, confidence, moment)


def _with_item(row: Answer, item: DailySetItem) -> Answer:
    """The row knows its item, which was read with all that is shown of it."""
    row.item = item
    return row
