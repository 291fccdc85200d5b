"""The one rule for access: for each class of data, which rows a member may read or write.

Each function returns a condition (`Q`) on the rows of one class of data, so that "may I?" and "which ones?" have one answer.
Every `visible_to` and `editable_by` is built on these. No membership, or one that has ended, means nobody.
The classes and who reads them: docs/decisions/0002-access.md.
"""

from datetime import date

from django.apps import apps
from django.db import connection
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.db.models.expressions import RawSQL
from django.utils import timezone

from accounts.prepared import Slot

NOBODY = Q(pk__in=[])

# UNION, not UNION ALL: a line that was entered in a circle ends instead of running for ever.
_LINE = """
WITH RECURSIVE line(member_id) AS (
    SELECT direct.member_id FROM accounts_reportingline direct
    WHERE direct.manager_id = %s AND direct.started_on <= %s AND (direct.ended_on IS NULL OR direct.ended_on > %s)
    UNION
    SELECT below.member_id FROM accounts_reportingline below JOIN line ON below.manager_id = line.member_id
    WHERE below.started_on <= %s AND (below.ended_on IS NULL OR below.ended_on > %s)
)
SELECT {of_line} FROM {whole_line}
"""
# PostgreSQL takes a recursive line for a tenth of the organization, and then reads the records of all of it. An array it takes for few.
_LINE_ON_POSTGRES = _LINE.format(of_line="UNNEST(ids)", whole_line="(SELECT ARRAY(SELECT member_id FROM line) AS ids) gathered")
_LINE_ELSEWHERE = _LINE.format(of_line="member_id", whole_line="line")


def is_reader(member) -> bool:
    """Whether there is a current membership at all."""
    return member is not None and member.is_active


def today_of(member) -> date:
    """The date where the member is."""
    return timezone.localdate(timezone=member.zone)


def line_of(member, day: date | None = None) -> RawSQL:
    """Ids of the members who report to `member` on `day`, directly or through others, as a subquery."""
    day = day or today_of(member)
    statement = _LINE_ON_POSTGRES if connection.vendor == "postgresql" else _LINE_ELSEWHERE
    return RawSQL(statement, [member.pk, day, day, day, day])  # noqa: S611 - the text is constant, its values are parameters


def is_manager(member, day: date | None = None) -> bool:
    """Whether anybody reports to `member`. One query."""
    day = day or today_of(member)
    return _line_on(day).filter(manager=member, organization_id=member.organization_id).exists()


def has_reports(day: date | Slot) -> Exists:
    """The same for many members at once: an annotation on Member. A prepared read has a slot for the day."""
    return Exists(_line_on(day).filter(manager=OuterRef("pk")))


def _line_on(day: date | Slot) -> QuerySet:
    """Rows of the reporting line in force on `day`. Models stand on this module, so it asks the registry for them."""
    return apps.get_model("accounts", "ReportingLine").objects.filter(Q(ended_on=None) | Q(ended_on__gt=day), started_on__lte=day)


def own(member) -> Q:
    """What belongs to the member alone."""
    return Q(organization_id=member.organization_id, member_id=member.pk) if is_reader(member) else NOBODY


# People and settings: the owner writes, HR reads, others read themselves and their line.


def people_visible_to(member) -> Q:
    if not is_reader(member):
        return NOBODY
    everybody = Q(organization_id=member.organization_id)
    if reads_people(member):
        return everybody
    return everybody & (Q(pk=member.pk) | Q(pk__in=line_of(member)))


def reads_people(member) -> bool:
    return is_reader(member) and (member.is_owner or member.is_hr)


def writes_people(member) -> bool:
    return is_reader(member) and member.is_owner


def people_editable_by(member) -> Q:
    if not writes_people(member):
        return NOBODY
    return Q(organization_id=member.organization_id)


def teams_visible_to(member) -> Q:
    """Teams: all of them for those who plan for people (owner, HR, author, leadership), else the teams of oneself and one's line."""
    if not is_reader(member):
        return NOBODY
    everything = Q(organization_id=member.organization_id)
    if member.is_owner or member.is_hr or member.is_author or member.is_leadership:
        return everything
    day = today_of(member)
    current = apps.get_model("accounts", "TeamMembership").objects.filter(
        Q(member_id=member.pk) | Q(member_id__in=line_of(member, day)),
        Q(ended_on=None) | Q(ended_on__gt=day),
        organization_id=member.organization_id,
        started_on__lte=day,
    )
    return everything & Q(pk__in=current.values("team_id"))


# Content: authors write; managers and HR read all of it; sellers read what was put before them (each model says how).


def reads_all_content(member) -> bool:
    return is_reader(member) and (member.is_author or member.is_hr or member.is_manager)


def content_visible_to(member) -> Q:
    return Q(organization_id=member.organization_id) if reads_all_content(member) else NOBODY


def content_editable_by(member) -> Q:
    if not is_reader(member) or not member.is_author:
        return NOBODY
    return Q(organization_id=member.organization_id)


def audience_visible_to(member) -> Q:
    """Members whose names may stand in the audience of a program: for those who plan it (authors) every seller, else people one reads."""
    if is_reader(member) and member.is_author:
        return Q(organization_id=member.organization_id, is_seller=True) | people_visible_to(member)
    return people_visible_to(member)


# Learning records: oneself and the line above.


def learners_visible_to(member, path: str = "member_id") -> Q:
    """Rows of the member and of those who report to the member; `path` leads from the row to the member's id."""
    if not is_reader(member):
        return NOBODY
    prefix = path.removesuffix("member_id") if path.endswith("member_id") else ""
    mine = Q(**{path: member.pk}) | Q(**{f"{path}__in": line_of(member)})
    return Q(**{f"{prefix}organization_id": member.organization_id}) & mine


def line_visible_to(member, path: str = "member_id") -> Q:
    """Rows of those who report to the member, without the member's own."""
    if not is_reader(member):
        return NOBODY
    prefix = path.removesuffix("member_id") if path.endswith("member_id") else ""
    return Q(**{f"{prefix}organization_id": member.organization_id, f"{path}__in": line_of(member)})


# Aggregates: HR and leadership, always with the small-group rule.


def reads_aggregates(member) -> bool:
    return is_reader(member) and (member.is_hr or member.is_leadership)


def aggregates_visible_to(member) -> Q:
    """Published figures of groups, which are the same for everybody who reads them."""
    return Q(organization_id=member.organization_id) if reads_aggregates(member) else NOBODY


def reads_progress_of(member, author_id: int | None) -> bool:
    """The same for how far the people of one program are; its author (`author_id`) reads that too."""
    return reads_aggregates(member) or _is_author(member, author_id)


def progress_visible_to(member) -> Q:
    """The programs of which `reads_progress_of` is true."""
    if reads_aggregates(member):
        return Q(organization_id=member.organization_id)
    if not is_reader(member) or not member.is_author:
        return NOBODY
    return Q(organization_id=member.organization_id, created_by_id=member.pk)


def reads_first_answers_of(member, author_id: int | None) -> bool:
    """How the questions of one program were answered at first: read by its author, unless that person reads the company's figures.

    Both count the same answers. Who reads both subtracts one from the other, and has the answers of the few that only one holds.
    """
    return _is_author(member, author_id) and not reads_aggregates(member)


def _is_author(member, author_id: int | None) -> bool:
    return is_reader(member) and member.is_author and member.pk == author_id


# Figures of how well the models predict: every member, for they say nothing about a person, and what predicts people is no secret.


def model_figures_visible_to(member) -> Q:
    return Q(organization_id=member.organization_id) if is_reader(member) else NOBODY
