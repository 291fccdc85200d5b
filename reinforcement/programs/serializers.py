"""Programs as the API shows and takes them."""

from typing import Any

from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from accounts import access
from accounts.models import Member, Team
from accounts.working_days import mask_of, weekdays_of
from reinforcement.programs.forms import LONGEST_SPACING, MOST_A_DAY, MOST_RIGHTS, program_problems
from reinforcement.programs.models import Program
from reinforcement.questions.models import Question

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
LONGEST_LIST = 5_000


class WeekdaysField(serializers.MultipleChoiceField):
    """Weekdays by their names, kept as the number of accounts/working_days.py."""

    def __init__(self, **kwargs):
        super().__init__(choices=WEEKDAYS, allow_empty=False, **kwargs)

    def to_representation(self, value: Any) -> Any:
        return [WEEKDAYS[weekday] for weekday in weekdays_of(value)]

    def to_internal_value(self, data: Any) -> Any:
        return mask_of(WEEKDAYS.index(name) for name in super().to_internal_value(data))


class AudienceSerializer(serializers.Serializer):
    teams = serializers.ListField(child=serializers.UUIDField(), default=list, max_length=LONGEST_LIST)
    members = serializers.ListField(child=serializers.UUIDField(), default=list, max_length=LONGEST_LIST)


class ProgramSummarySerializer(serializers.ModelSerializer):
    id = serializers.UUIDField(source="public_id", read_only=True)
    weekdays = WeekdaysField()

    class Meta:
        model = Program
        fields: tuple[str, ...] = (
            *("id", "name", "description", "mode", "state", "starts_on", "ends_on", "weekdays", "new_per_day", "cap_per_day"),
            *("days_after_wrong", "days_after_right", "rights_to_retire"),
        )


class ProgramSerializer(ProgramSummarySerializer):
    questions = serializers.SerializerMethodField(help_text="In their order; null for members who do not read the bank.")
    audience = serializers.SerializerMethodField(help_text="As far as the member may read names; null as above.")

    class Meta(ProgramSummarySerializer.Meta):
        fields = (*ProgramSummarySerializer.Meta.fields, "questions", "audience")

    @extend_schema_field(serializers.ListField(child=serializers.UUIDField(), allow_null=True))
    def get_questions(self, program):
        if not access.reads_all_content(self.context["member"]):
            return None
        lines = program.program_questions.filter(organization_id=program.organization_id).order_by("position", "pk")
        return list(lines.values_list("question__public_id", flat=True))

    @extend_schema_field(AudienceSerializer(allow_null=True))
    def get_audience(self, program):
        member = self.context["member"]
        if not access.reads_all_content(member):
            return None
        audience = program.audience.filter(organization_id=program.organization_id)
        teams = Team.objects.visible_to(member).filter(pk__in=audience.values("team_id"))
        members = Member.objects.filter(access.audience_visible_to(member), pk__in=audience.values("member_id"))
        return {
            "teams": list(teams.values_list("public_id", flat=True)),
            "members": list(members.values_list("public_id", flat=True)),
        }


class ProgramInputSerializer(serializers.ModelSerializer):
    """What an author sends. `context` holds the author as `member`."""

    weekdays = WeekdaysField(required=False)
    new_per_day = serializers.IntegerField(min_value=1, max_value=MOST_A_DAY, required=False)
    cap_per_day = serializers.IntegerField(min_value=1, max_value=MOST_A_DAY, required=False)
    days_after_wrong = serializers.IntegerField(min_value=1, max_value=LONGEST_SPACING, required=False)
    days_after_right = serializers.IntegerField(min_value=1, max_value=LONGEST_SPACING, required=False)
    rights_to_retire = serializers.IntegerField(min_value=1, max_value=MOST_RIGHTS, required=False)
    questions = serializers.ListField(child=serializers.UUIDField(), required=False, max_length=LONGEST_LIST)
    audience = AudienceSerializer(required=False)

    class Meta:
        model = Program
        fields = (
            *("name", "description", "mode", "starts_on", "ends_on", "weekdays", "new_per_day", "cap_per_day"),
            *("days_after_wrong", "days_after_right", "rights_to_retire", "fixed_share", "questions", "audience"),
        )

    def validate_questions(self, ids) -> list[Question]:
        rows = Question.objects.visible_to(self.context["member"]).in_use()
        return _found(rows, ids, _("No question of the bank has the id %(id)s."))

    def validate_audience(self, audience) -> list[Member | Team]:
        member = self.context["member"]
        members = Member.objects.active().filter(access.audience_visible_to(member))
        return [
            *_found(Team.objects.visible_to(member), audience["teams"], _("No team has the id %(id)s.")),
            *_found(members, audience["members"], _("No member has the id %(id)s.")),
        ]

    def validate(self, values):
        def value(name):
            standing = self.instance or Program()
            return values.get(name, getattr(standing, name))

        together = {name: value(name) for name in ("starts_on", "ends_on", "new_per_day", "cap_per_day")}
        if problems := program_problems(together):
            raise serializers.ValidationError(problems)
        return values


def _found(rows, ids, message: str) -> list:
    """The rows with the public ids, in their order and each once. Raises ValidationError for an id that none of `rows` has."""
    by_id = {row.public_id: row for row in rows.filter(public_id__in=set(ids))}
    missing = [public_id for public_id in ids if public_id not in by_id]
    if missing:
        raise serializers.ValidationError([message % {"id": public_id} for public_id in missing])
    return [by_id[public_id] for public_id in dict.fromkeys(ids)]
