"""Today's set, and answers, as the API shows and takes them."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from reinforcement.daily.models import Answer, DailySetItem
from reinforcement.questions.kinds.choice import State
from reinforcement.questions.kinds.registry import KINDS, kind
from reinforcement.questions.rich_text import clean_html


class ShownOptionSerializer(serializers.Serializer):
    id = serializers.CharField()
    letter = serializers.CharField()
    text = serializers.CharField(help_text="Rich text.")


class ShownSerializer(serializers.Serializer):
    """Options in the order in which the pages show them to this person."""

    options = ShownOptionSerializer(many=True)
    takes_several = serializers.BooleanField()
    instruction = serializers.CharField()


class CheckedOptionSerializer(ShownOptionSerializer):
    state = serializers.ChoiceField([state.value for state in State])
    feedback = serializers.CharField(help_text="Rich text.")


class ItemSerializer(serializers.ModelSerializer):
    """One question of a set, without what is right."""

    program = serializers.UUIDField(source="program.public_id")
    question = serializers.UUIDField(source="question.public_id")
    competency = serializers.UUIDField(source="competency.public_id")
    version = serializers.IntegerField(source="version.number")
    kind = serializers.ChoiceField([(kind.name, kind.label) for kind in KINDS], source="version.kind")
    language = serializers.CharField(source="wording.language")
    situation = serializers.SerializerMethodField(help_text="Rich text.")
    prompt = serializers.CharField(source="wording.prompt")
    shown = serializers.SerializerMethodField()
    order_seed = serializers.CharField(source="seed", help_text="Decides the order of the options.")
    is_answered = serializers.BooleanField(source="has_answer")

    class Meta:
        model = DailySetItem
        fields = (
            *("key", "position", "reason", "program", "question", "competency", "version", "kind", "language"),
            *("situation", "prompt", "shown", "order_seed", "is_answered"),
        )

    def get_situation(self, item) -> str:
        return clean_html(item.wording.situation)

    @extend_schema_field(ShownSerializer)
    def get_shown(self, item) -> Any:
        return ShownSerializer(kind(item.version.kind).show(item.wording.content, item.seed)).data


class SetSerializer(serializers.Serializer):
    id = serializers.UUIDField(source="daily_set.public_id")
    local_date = serializers.DateField(source="daily_set.local_date")
    size = serializers.IntegerField(source="daily_set.size")
    answered = serializers.IntegerField(source="daily_set.answered")
    prepared_at = serializers.DateTimeField(source="daily_set.prepared_at")
    completed_at = serializers.DateTimeField(source="daily_set.completed_at", allow_null=True)
    is_open = serializers.BooleanField(help_text="Whether answers are still taken.")
    items = ItemSerializer(many=True)


class TodaySerializer(serializers.Serializer):
    set = SetSerializer(allow_null=True, help_text="The current set; null where none was prepared yet.")


class ResponseSerializer(serializers.Serializer):
    chosen = serializers.ListField(child=serializers.CharField(), max_length=100, help_text="Ids of the options.")


class AnswerInputSerializer(serializers.Serializer):
    response = ResponseSerializer()
    confidence = serializers.ChoiceField(Answer.Confidence.choices, default="", allow_blank=True)
    answered_at = serializers.DateTimeField(
        required=False, help_text="From a device that was offline; moved to between the preparing of the set and now where it lies outside."
    )


class AnswerSerializer(serializers.ModelSerializer):
    """What counts: the verdict, what is right, and when the question returns."""

    key = serializers.UUIDField(source="item.key")
    response = ResponseSerializer()
    options = serializers.SerializerMethodField(help_text="In the order shown before.")
    explanation = serializers.SerializerMethodField(help_text="Rich text.")
    source = serializers.CharField(source="item.wording.source")  # type: ignore[assignment]

    class Meta:
        model = Answer
        fields = (
            *("key", "response", "confidence", "verdict", "credit", "options", "explanation", "source"),
            *("is_first", "due_on", "retires", "answered_at", "received_at"),
        )

    @extend_schema_field(CheckedOptionSerializer(many=True))
    def get_options(self, row) -> Any:
        item = row.item
        options = kind(item.version.kind).show_checked(item.wording.content, item.version.answer_key, row.response, item.seed)
        return CheckedOptionSerializer(options, many=True).data

    def get_explanation(self, row) -> str:
        return clean_html(row.item.wording.explanation)


class AnsweredSerializer(serializers.Serializer):
    created = serializers.BooleanField(help_text="False where the answer stood already and this request changed nothing.")
    answer = AnswerSerializer()
