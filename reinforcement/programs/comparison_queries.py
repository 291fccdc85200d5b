"""What the page of a comparison reads: a constant number of statements."""

from dataclasses import dataclass
from datetime import datetime

from accounts.models import Member
from reinforcement.programs.comparison import Difference, Group, difference, fewest_people
from reinforcement.programs.models import ComparedGroup, Enrollment, Program


def compared_programs(reader: Member):
    """Launched programs that run by two rules, and whose results `reader` may read."""
    found = Program.objects.results_visible_to(reader).filter(mode=Program.Mode.ADAPTIVE, fixed_share__gt=0)
    return found.exclude(state=Program.State.DRAFT).select_related("organization")


@dataclass(frozen=True, slots=True)
class GroupFigures:
    """One group of a comparison: its answers to questions drawn by lot, and how much its people have answered in all."""

    group: Group
    taking_part: int
    answered: int

    @property
    def percent(self) -> int:
        return round(100 * self.group.share)

    @property
    def answered_per_person(self) -> float:
        return self.answered / self.taking_part


@dataclass(frozen=True, slots=True)
class Comparison:
    """Both groups as they were last counted, each of enough people. `difference` is None where they have too few answers."""

    adaptive: GroupFigures
    fixed: GroupFigures
    counted_at: datetime

    @property
    def difference(self) -> Difference | None:
        return difference(self.adaptive.group, self.fixed.group)


def comparison_of(program: Program) -> Comparison | None:
    """The comparison of `program`, for who may read its results; None where a group has too few people. One statement."""
    rows = {row.is_fixed: row for row in ComparedGroup.objects.filter(organization_id=program.organization_id, program=program)}
    fewest = fewest_people(program.organization.small_group_minimum)
    if len(rows) < 2 or any(row.people < fewest for row in rows.values()):
        return None
    return Comparison(_figures(rows[False]), _figures(rows[True]), rows[True].counted_at)


def people_of(program: Program) -> int:
    """How many people take part in `program`, or took part. One statement."""
    return Enrollment.objects.filter(organization_id=program.organization_id, program=program).count()


def _figures(row: ComparedGroup) -> GroupFigures:
    return GroupFigures(Group(row.people, row.answers, row.right, row.variance), row.taking_part, row.answered)
