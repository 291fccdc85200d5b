"""Learning progress as the API shows it."""

from rest_framework import serializers


class FigureSerializer(serializers.Serializer):
    """A share, what it is of, and whether that is enough to say something: `share` is null under the minimum."""

    part = serializers.FloatField()
    whole = serializers.IntegerField(help_text="Questions or answers that the share is of.")
    share = serializers.SerializerMethodField(help_text="0 to 1; null where there is not enough data.")

    def get_share(self, figure) -> float | None:
        return figure.share if figure.has_data else None


class CompetencyProgressSerializer(serializers.Serializer):
    competency = serializers.UUIDField(source="competency.public_id")
    name = serializers.CharField(source="competency.name")
    initial = FigureSerializer(help_text="First answers, partly right by its credit.")
    right = FigureSerializer(help_text="Right at last answer.")
    participation = FigureSerializer(help_text="Answered of presented.")
    started = FigureSerializer(help_text="Questions answered at least once, of those assigned.")
    answers = serializers.IntegerField()


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
