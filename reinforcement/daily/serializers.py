"""Today's set, and answers, as the API shows and takes them."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from reinforcement.daily.models import Answer, DailySetItem
from reinforcement.daily.shown import as_json
from reinforcement.questions.kinds.choice import Choice, State
from reinforcement.questions.kinds.registry import KINDS, kind
from reinforcement.questions.rich_text import clean_html


class ShownOptionSerializer(serializers.Serializer):
    id = serializers.CharField()
    letter = serializers.CharField()
    text = serializers.CharField(help_text="Rich text.")


class ShownItemSerializer(serializers.Serializer):
    id = serializers.CharField()
    text = serializers.CharField(help_text="Rich text.")


class ShownMatchSerializer(serializers.Serializer):
    id = serializers.CharField()
    words = serializers.CharField()


class ShownPieceSerializer(serializers.Serializer):
    text = serializers.CharField(help_text="Before the gap, or after the last one.")
    gap_id = serializers.CharField(help_text="Empty after the last gap.")
    number = serializers.IntegerField()
    choices = serializers.ListField(child=serializers.CharField(), help_text="Empty where the gap is typed.")


class ShownSerializer(serializers.Serializer):
    """What is asked with, in the order in which the pages show it to this person. Which of the fields are there goes by the kind."""

    instruction = serializers.CharField()
    options = ShownOptionSerializer(many=True, required=False, help_text="To choose from: single, multiple, true_false.")
    takes_several = serializers.BooleanField(required=False)
    items = ShownItemSerializer(many=True, required=False, help_text="To put in order: ordering.")
    things = ShownItemSerializer(many=True, required=False, help_text="To give a match to: matching.")
    matches = ShownMatchSerializer(many=True, required=False)
    pieces = ShownPieceSerializer(many=True, required=False, help_text="The text with its gaps: gap.")
    is_number = serializers.BooleanField(required=False, help_text="Whether what is typed is a number: short_text, numeric.")
    unit = serializers.CharField(required=False)
    longest = serializers.IntegerField(required=False, help_text="Characters at most.")


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
        return as_json(kind(item.version.kind).show(item.wording.content, item.seed))


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
    """What was answered. Which of the fields is there goes by the kind."""

    chosen = serializers.ListField(
        child=serializers.CharField(), max_length=100, required=False, help_text="Ids of the options: single, multiple, true_false."
    )
    text = serializers.CharField(required=False, help_text="What was typed: short_text.")
    number = serializers.CharField(required=False, help_text="What was typed, as it was typed: numeric.")
    gaps = serializers.DictField(child=serializers.CharField(), required=False, help_text="By the ids of the gaps: gap.")
    order = serializers.ListField(
        child=serializers.CharField(), max_length=100, required=False, help_text="Ids of the items, the first one first: ordering."
    )
    pairs = serializers.DictField(child=serializers.CharField(), required=False, help_text="From things to matches, by id: matching.")


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
    options = serializers.SerializerMethodField(help_text="In the order shown before; empty for kinds without options.")
    checked = serializers.SerializerMethodField(help_text="What was given and what is right; null for kinds with options.")
    explanation = serializers.SerializerMethodField(help_text="Rich text.")
    source = serializers.CharField(source="item.wording.source")  # type: ignore[assignment]

    class Meta:
        model = Answer
        fields = (
            *("key", "response", "confidence", "verdict", "credit", "options", "checked", "explanation", "source"),
            *("is_first", "due_on", "retires", "answered_at", "received_at"),
        )

    @extend_schema_field(CheckedOptionSerializer(many=True))
    def get_options(self, row) -> Any:
        return CheckedOptionSerializer(self._checked(row), many=True).data if _has_options(row) else []

    @extend_schema_field({"oneOf": [{"type": "object"}, {"type": "array", "items": {"type": "object"}}], "nullable": True})
    def get_checked(self, row) -> Any:
        return None if _has_options(row) else as_json(self._checked(row))

    def _checked(self, row) -> Any:
        item = row.item
        return kind(item.version.kind).show_checked(item.wording.content, item.version.answer_key, row.response, item.seed)

    def get_explanation(self, row) -> str:
        return clean_html(row.item.wording.explanation)


def _has_options(row: Answer) -> bool:
    return isinstance(kind(row.item.version.kind), Choice)


class AnsweredSerializer(serializers.Serializer):
    created = serializers.BooleanField(help_text="False where the answer stood already and this request changed nothing.")
    answer = AnswerSerializer()
