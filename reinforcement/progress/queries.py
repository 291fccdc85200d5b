"""Reads of learning progress: from the roll-ups alone, a constant number of statements however many people, weeks or answers."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import replace
from datetime import date, datetime, timedelta

from django.db.models import Exists, OuterRef, Q, QuerySet, Sum

from accounts import access
from accounts.models import Member, ReportingLine
from reinforcement.competencies.models import Competency
from reinforcement.memory.proficiency import Proficiency
from reinforcement.programs.models import Enrollment, Program, ProgramQuestion
from reinforcement.progress.figures import (
    SHOWN_WEEKS,
    CompetencyName,
    CompetencyProgress,
    Figure,
    Measure,
    Outlook,
    Period,
    PersonProgress,
    PersonRow,
    TeamFigures,
    WeekCounts,
)
from reinforcement.progress.models import CREDIT_UNITS, LastAnswers, MemberWeek, ProficiencyWeek
from reinforcement.progress.trend import CompetencyWeeks, Trend

# Figures by the ids of member and competency.
_Figures = dict[tuple[int, int], Figure]


def team_figures(manager: Member, measure: Measure, period: Period = Period.ALL) -> TeamFigures:
    """The line of `manager`, direct and indirect, people by name. Three statements, four for what is started.

    The period counts for participation only; the other measures are over all weeks.
    """
    people = list(_learners_below(manager).values_list("pk", "public_id", "name"))
    if measure is Measure.RIGHT:
        figures = _right(LastAnswers.objects.line_visible_to(manager))
    elif measure is Measure.CURRENT:
        figures = _current(ProficiencyWeek.objects.line_visible_to(manager))
    elif measure is Measure.INITIAL:
        figures = _initial(MemberWeek.objects.line_visible_to(manager))
    elif measure is Measure.PARTICIPATION:
        figures = _participation(_within(MemberWeek.objects.line_visible_to(manager), period, access.today_of(manager)))
    else:
        figures = _started(
            MemberWeek.objects.line_visible_to(manager),
            Enrollment.objects.filter(access.line_visible_to(manager)),
            access.today_of(manager),
        )
    ids = {pk for pk, _public_id, _name in people}
    competencies = _competencies(manager, {competency for member, competency in figures if member in ids})
    nothing = Figure(minimum=_minimum(measure))
    return TeamFigures(
        measure=measure,
        period=period,
        competencies=competencies,
        people=tuple(
            PersonRow(str(public_id), name, tuple(figures.get((pk, competency.pk), nothing) for competency in competencies))
            for pk, public_id, name in people
        ),
    )


def team_trend(manager: Member) -> Trend:
    """Right among the answers of each week, of the whole line together, from the first week with answers among the last 26. Two statements.

    Who left is out, as in the table of the team.
    """
    today = access.today_of(manager)
    latest = today - timedelta(days=today.weekday())
    earliest = latest - timedelta(weeks=SHOWN_WEEKS - 1)
    rows = MemberWeek.objects.line_visible_to(manager).filter(
        week_on__gte=earliest, week_on__lte=latest, answered__gt=0, member__is_active=True
    )
    figures: dict[int, dict[date, Figure]] = defaultdict(dict)
    for competency, week_on, right, answered in _by_week(rows):
        figures[competency][week_on] = Figure(right, answered)
    # Eight weeks at least, so that a first week stands at the end of a line and not alone.
    first = min([latest - timedelta(weeks=7), *(week_on for weeks in figures.values() for week_on in weeks)])
    weeks = tuple(first + timedelta(weeks=count) for count in range((latest - first).days // 7 + 1))
    return Trend(
        weeks=weeks,
        competencies=tuple(
            CompetencyWeeks(competency, tuple(figures[competency.pk].get(week, Figure()) for week in weeks))
            for competency in _competencies(manager, set(figures))
        ),
    )


def person_of_line(manager: Member, public_id) -> QuerySet[Member]:
    """The person with that public id, where the person reports to `manager`, directly or through others. None or one row."""
    return Member.objects.filter(access.line_visible_to(manager, "pk"), public_id=public_id)


def person_progress(person: Member, reader: Member, competency_public_id: str | None = None) -> PersonProgress | None:
    """All figures of `person` that `reader` may read; the weeks of one competency where it is named. Seven statements.

    None where the named competency is not among those the person has figures of.
    """
    weeks = MemberWeek.objects.visible_to(reader).filter(member=person)
    right = _right(LastAnswers.objects.visible_to(reader).filter(member=person))
    enrollments = Enrollment.objects.filter(access.learners_visible_to(reader), member=person)
    started = _started(weeks, enrollments, access.today_of(person))
    outlooks = _outlooks(ProficiencyWeek.objects.visible_to(reader).filter(member=person))
    counts = {row["competency_id"]: row for row in weeks.values("competency_id").annotate(**_sums(*_COUNTED)).order_by()}
    competencies = _competencies(reader, {competency for _member, competency in right | started} | set(counts) | set(outlooks))
    chosen = next((competency for competency in competencies if competency.public_id == competency_public_id), None)
    if competency_public_id is not None and chosen is None:
        return None
    if chosen is not None:
        weeks = weeks.filter(competency_id=chosen.pk)
    return PersonProgress(
        competencies=tuple(
            _competency_progress(
                competency,
                counts.get(competency.pk),
                right.get((person.pk, competency.pk)),
                started.get((person.pk, competency.pk)),
                outlooks.get(competency.pk),
            )
            for competency in competencies
        ),
        weeks=tuple(
            WeekCounts(**row)
            for row in weeks.values("week_on")
            .annotate(**_sums("presented", "answered", "right", "first_answered"))
            .order_by("week_on")
            .values("week_on", "presented", "answered", "right", "first_answered")
        ),
        competency=chosen,
    )


def manager_name(member: Member) -> str:
    """Name of whom the member reports to today, or an empty text. One statement."""
    day = access.today_of(member)
    lines = ReportingLine.objects.filter(
        Q(ended_on=None) | Q(ended_on__gt=day), organization_id=member.organization_id, member=member, started_on__lte=day
    )
    return lines.values_list("manager__name", flat=True).first() or ""


_COUNTED = ("presented", "answered", "first_answered", "first_right", "first_credit")


def _sums(*columns: str) -> dict[str, Sum]:
    return {column: Sum(column) for column in columns}


def _minimum(measure: Measure) -> int:
    """Participation and what is started are plain counts; shares of right answers need some answers before they say something."""
    return 1 if measure in (Measure.PARTICIPATION, Measure.STARTED) else Figure().minimum


def _learners_below(manager: Member) -> QuerySet[Member]:
    """People of the line who learn: sellers, and whoever has had a question."""
    has_weeks = Exists(MemberWeek.objects.filter(organization_id=manager.organization_id, member_id=OuterRef("pk")))
    return Member.objects.filter(Q(is_seller=True) | has_weeks, access.line_visible_to(manager, "pk"), is_active=True).order_by(
        "name", "pk"
    )


def _competencies(member: Member, ids: set[int]) -> tuple[CompetencyName, ...]:
    """Those of `ids`, in the organization's order. All of them are read: the set may be long, the organization's list is short."""
    rows = Competency.objects.visible_to(member).values_list("pk", "public_id", "name")
    return tuple(CompetencyName(pk, str(public_id), name) for pk, public_id, name in rows if pk in ids)


def _within(weeks: QuerySet[MemberWeek], period: Period, today: date) -> QuerySet[MemberWeek]:
    if period.weeks is None:
        return weeks
    monday = today - timedelta(days=today.weekday())
    return weeks.filter(week_on__gt=monday - timedelta(weeks=period.weeks), week_on__lte=monday)


def _by_person(rows: QuerySet, *columns: str) -> Iterable[tuple]:
    return rows.values_list("member_id", "competency_id").annotate(*(Sum(column) for column in columns)).order_by()


def _by_week(rows: QuerySet[MemberWeek]) -> Iterable[tuple]:
    return rows.values_list("competency_id", "week_on").annotate(Sum("right"), Sum("answered")).order_by()


def _right(last_answers: QuerySet[LastAnswers]) -> _Figures:
    rows = _by_person(last_answers.filter(questions__gt=0), "right", "questions")
    return {(member, competency): Figure(right, questions) for member, competency, right, questions in rows}


def _current(proficiency: QuerySet[ProficiencyWeek]) -> _Figures:
    figures = {}
    for member, competency, *sums in proficiency.filter(is_current=True).values_list("member_id", "competency_id", *_SUMS).iterator():
        found = _proficiency(*sums)
        figures[member, competency] = Figure(found.expected, found.questions, answers=found.answers)
    return figures


_SUMS = ("questions", "answers", "expected", "variance")


def _proficiency(questions: int, answers: int, expected: float, variance: float) -> Proficiency:
    """Answers move the sums between two nights: they stay within what is possible."""
    return Proficiency(questions, answers, min(max(expected, 0.0), questions), max(variance, 0.0))


def _outlooks(proficiency: QuerySet[ProficiencyWeek]) -> dict[int, Outlook]:
    """By competency. One statement."""
    rows = proficiency.filter(is_current=True).values_list("competency_id", "counted_at", "unpractised", "coming", *_SUMS)
    return {competency: _outlook(_proficiency(*sums), *counted) for competency, *counted, sums in ((*row[:4], row[4:]) for row in rows)}


def _outlook(found: Proficiency, counted_at: datetime, unpractised: list[float], coming: list[float] | None) -> Outlook:
    """The curves of the night begin at what answers have made of the figure since; their form is that of the night."""

    def from_now(curve: list[float]) -> tuple[float, ...]:
        moved = found.expected / curve[0] if curve[0] else 0.0
        return (found.expected, *(min(expected * moved, found.questions) for expected in curve[1:]))

    return Outlook(found, counted_at, from_now(unpractised), from_now(coming) if coming else None)


def _initial(weeks: QuerySet[MemberWeek]) -> _Figures:
    rows = _by_person(weeks.filter(first_answered__gt=0), "first_credit", "first_answered")
    return {(member, competency): Figure(credit / CREDIT_UNITS, answers) for member, competency, credit, answers in rows}


def _participation(weeks: QuerySet[MemberWeek]) -> _Figures:
    rows = _by_person(weeks, "answered", "presented")
    return {(member, competency): _answered_of(answered, presented) for member, competency, answered, presented in rows}


def _answered_of(answered: int, presented: int) -> Figure:
    """Participation, at most all of it: an answer counts in the week in which it was given, which may be the one after its set."""
    return Figure(min(answered, presented), presented, minimum=_minimum(Measure.PARTICIPATION))


def _started(weeks: QuerySet[MemberWeek], enrollments: QuerySet[Enrollment], today: date) -> _Figures:
    """Questions answered at least once, of those of the person's programs; without a whole where more were answered than those hold."""
    started = {(member, competency): count for member, competency, count in _by_person(weeks, "first_answered")}
    assigned = _assigned(enrollments, today)
    figures = {}
    for key in started.keys() | assigned.keys():
        count, whole = started.get(key, 0), assigned.get(key, 0)
        figures[key] = Figure(count, whole if whole >= count else 0, minimum=_minimum(Measure.STARTED))
    return figures


def _assigned(enrollments: QuerySet[Enrollment], today: date) -> dict[tuple[int, int], int]:
    """Questions of the programs that a person takes or took part in, by competency; a question in two programs counts once.

    Programs that have ended count too, as their answers do. Two statements.
    People with the same programs are counted together, so the work follows programs, not people times questions.
    """
    begun = enrollments.filter(started_on__lte=today).exclude(program__state=Program.State.DRAFT)
    programs: dict[int, set[int]] = defaultdict(set)
    organizations = set()
    for member, program, organization in begun.values_list("member_id", "program_id", "organization_id"):
        programs[member].add(program)
        organizations.add(organization)
    questions: dict[int, set[tuple[int, int]]] = defaultdict(set)
    rows = ProgramQuestion.objects.filter(organization_id__in=organizations, program_id__in=set().union(*programs.values()))
    for program, question, competency in rows.values_list("program_id", "question_id", "question__competency_id"):
        questions[program].add((question, competency))
    counted: dict[frozenset[int], dict[int, int]] = {}
    assigned = {}
    for member, own in programs.items():
        together = frozenset(own)
        if together not in counted:
            counts: dict[int, int] = defaultdict(int)
            for _question, competency in set().union(*(questions[program] for program in together)):
                counts[competency] += 1
            counted[together] = counts
        assigned.update({(member, competency): count for competency, count in counted[together].items()})
    return assigned


def _competency_progress(
    competency: CompetencyName, counts: dict[str, int] | None, right: Figure | None, started: Figure | None, outlook: Outlook | None
) -> CompetencyProgress:
    counts = counts or dict.fromkeys(_COUNTED, 0)
    return CompetencyProgress(
        competency=competency,
        initial=Figure(counts["first_credit"] / CREDIT_UNITS, counts["first_answered"]),
        first_right=Figure(counts["first_right"], counts["first_answered"]),
        right=right or Figure(),
        participation=_answered_of(counts["answered"], counts["presented"]),
        started=started or replace(Figure(), minimum=_minimum(Measure.STARTED)),
        answers=counts["answered"],
        outlook=outlook,
    )
