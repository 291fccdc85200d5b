"""Learning progress as the API shows it."""

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers


class FigureSerializer(serializers.Serializer):
    """A share, what it is of, and whether that is enough to say something: `share` is null under the minimum."""

    part = serializers.FloatField()
    whole = serializers.IntegerField(help_text="Questions or answers that the share is of.")
    share = serializers.SerializerMethodField(help_text="0 to 1; null where there is not enough data.")

    def get_share(self, figure) -> float | None:
        return figure.share if figure.has_data else None


class OutlookDaySerializer(serializers.Serializer):
    day = serializers.IntegerField(help_text="Days from now.")
    unpractised = serializers.IntegerField(help_text="Questions expected right without practice.")
    coming = serializers.IntegerField(allow_null=True, help_text="The same with the coming questions; null where none come.")


class OutlookSerializer(serializers.Serializer):
    """Current proficiency in whole questions; all but the counts is null under five answers."""

    questions = serializers.IntegerField(source="proficiency.questions", help_text="Questions assigned.")
    answers = serializers.IntegerField(source="proficiency.answers")
    expected = serializers.SerializerMethodField(help_text="Questions expected right if all were asked now.")
    low = serializers.SerializerMethodField(help_text="Nine of ten times at least so many would be right,")
    high = serializers.SerializerMethodField(help_text="and at most so many.")
    days = serializers.SerializerMethodField(help_text="The forgetting curve of the coming 60 days.")
    counted_at = serializers.DateTimeField(help_text="The night it was counted; answers since have moved it.")

    def get_expected(self, outlook) -> int | None:
        return outlook.expected if outlook.has_data else None

    def get_low(self, outlook) -> int | None:
        return outlook.proficiency.low if outlook.has_data else None

    def get_high(self, outlook) -> int | None:
        return outlook.proficiency.high if outlook.has_data else None

    @extend_schema_field(OutlookDaySerializer(many=True, allow_null=True))
    def get_days(self, outlook):
        return OutlookDaySerializer(outlook.days, many=True).data if outlook.has_data else None


class CompetencyProgressSerializer(serializers.Serializer):
    competency = serializers.UUIDField(source="competency.public_id")
    name = serializers.CharField(source="competency.name")
    initial = FigureSerializer(help_text="First answers, partly right by its credit.")
    right = FigureSerializer(help_text="Right at last answer.")
    participation = FigureSerializer(help_text="Answered of presented.")
    started = FigureSerializer(help_text="Questions answered at least once, of those assigned.")
    answers = serializers.IntegerField()
    current = OutlookSerializer(source="outlook", allow_null=True, help_text="Current proficiency; null where nothing was counted yet.")


class WeekSerializer(serializers.Serializer):
    week_on = serializers.DateField(help_text="Its Monday.")
    presented = serializers.IntegerField()
    answered = serializers.IntegerField()
    right = serializers.IntegerField()
    first_answered = serializers.IntegerField()


class ProgressSerializer(serializers.Serializer):
    member = serializers.UUIDField()
    competencies = CompetencyProgressSerializer(many=True)
    weeks = WeekSerializer(many=True)
