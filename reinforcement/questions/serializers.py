"""Questions as the API shows and takes them."""

from django.conf import settings
from django.utils.translation import gettext as _
from rest_framework import serializers

from reinforcement.competencies.models import Competency
from reinforcement.questions.kinds.base import ContentError
from reinforcement.questions.kinds.registry import KINDS
from reinforcement.questions.models import Question, QuestionVersion, QuestionWording
from reinforcement.questions.services import LONGEST_PROMPT, LONGEST_SOURCE, Asked, Words, checked


class CompetencySerializer(serializers.ModelSerializer):
    id = serializers.UUIDField(source="public_id")

    class Meta:
        model = Competency
        fields = ("id", "name")


class WordingSerializer(serializers.ModelSerializer):
    content = serializers.DictField(help_text="What the kind asks with, such as its options.")

    class Meta:
        model = QuestionWording
        fields = ("language", "situation", "prompt", "content", "explanation", "source")


class VersionSerializer(serializers.ModelSerializer):
    kind = serializers.ChoiceField([(kind.name, kind.label) for kind in KINDS])
    answer_key = serializers.DictField(help_text="What is right, by the ids of the content.")
    wordings = WordingSerializer(many=True)

    class Meta:
        model = QuestionVersion
        fields = ("number", "kind", "change", "language", "answer_key", "wordings", "created_at")


class QuestionSerializer(serializers.ModelSerializer):
    """`version` is the current one for those who read the bank, and the one answered last for others."""

    id = serializers.UUIDField(source="public_id")
    competency = CompetencySerializer()
    is_archived = serializers.SerializerMethodField()
    version = VersionSerializer(source="shown_version")

    class Meta:
        model = Question
        fields = ("id", "competency", "external_id", "is_archived", "created_at", "version")

    def get_is_archived(self, question) -> bool:
        return question.archived_at is not None

    def to_representation(self, question):
        seen = getattr(question, "seen_versions", None)
        question.shown_version = question.current_version if seen is None else seen[0]
        return super().to_representation(question)


class AskedSerializer(serializers.Serializer):
    """A version: what is asked, and how it is judged. Content and key are checked by their kind."""

    kind = serializers.ChoiceField([(kind.name, kind.label) for kind in KINDS])
    language = serializers.ChoiceField(settings.LANGUAGES)
    situation = serializers.CharField(default="", allow_blank=True, help_text="Rich text; what is not allowed is taken out.")
    prompt = serializers.CharField(max_length=LONGEST_PROMPT)
    content = serializers.DictField(help_text="What the kind asks with, such as its options.")
    answer_key = serializers.DictField(help_text="What is right, by the ids of the content.")
    explanation = serializers.CharField(default="", allow_blank=True, help_text="Rich text.")
    source = serializers.CharField(default="", allow_blank=True, max_length=LONGEST_SOURCE)  # type: ignore[assignment]

    def validate(self, values):
        words = {name: values.pop(name) for name in ("language", "prompt", "content", "situation", "explanation", "source")}
        try:
            values["asked"] = checked(Asked(values.pop("kind"), values.pop("answer_key"), Words(**words)))
        except ContentError as error:
            problems: dict[str, list[str]] = {}
            for problem in error.problems:
                problems.setdefault(problem.field, []).append(str(problem.message))
            raise serializers.ValidationError(problems) from error
        return values


class NewQuestionSerializer(AskedSerializer):
    competency = serializers.UUIDField()
    external_id = serializers.CharField(default="", allow_blank=True, max_length=120)

    def validate_competency(self, public_id) -> Competency:
        competency = self.context["competencies"].filter(public_id=public_id).first()
        if competency is None:
            raise serializers.ValidationError(_("There is no such competency."))
        return competency

    def validate_external_id(self, external_id: str) -> str:
        if external_id and self.context["questions"].filter(external_id=external_id).exists():
            raise serializers.ValidationError(_("Another question has this id."))
        return external_id


class NewVersionSerializer(AskedSerializer):
    change = serializers.ChoiceField(
        [choice for choice in QuestionVersion.Change.choices if choice[0] != QuestionVersion.Change.FIRST],
        help_text="A change of wording keeps the dates on which the question returns; a change of meaning starts them again.",
    )
