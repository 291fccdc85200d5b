"""What pages and the API read of programs: a constant number of statements each."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Sum

from accounts import access
from accounts.models import Member, OrganizationHoliday, Team, TeamMembership
from accounts.working_days import is_working_day
from reinforcement.programs.models import Enrollment, Program, ProgramAudience, ProgramQuestion, ProgramResult, QuestionResult
from reinforcement.questions.models import Question, QuestionWording
from reinforcement.questions.queries import BankFilter, bank, version_of, wording_in


@dataclass(frozen=True, slots=True)
class Branch:
    """A team and how deep it stands below the root."""

    team: Team
    depth: int

    @property
    def indent(self) -> int:
        """How far the page moves it in: a phone has room for six steps."""
        return min(self.depth, 6)


def team_tree(teams: Iterable[Team]) -> list[Branch]:
    """Teams in the order of their tree, each before the teams below it. A team whose parent is not among `teams` stands at the top."""
    teams = list(teams)
    known = {team.pk for team in teams}
    below: dict[int | None, list[Team]] = {}
    for team in teams:
        below.setdefault(team.parent_id if team.parent_id in known else None, []).append(team)
    found: list[Branch] = []
    ahead = [Branch(team, 0) for team in reversed(below.get(None, []))]
    while ahead:
        branch = ahead.pop()
        found.append(branch)
        ahead.extend(Branch(team, branch.depth + 1) for team in reversed(below.get(branch.team.pk, [])))
    return found


def sellers_of(organization_id: int, *, team_ids: Iterable[int], member_ids: Iterable[int], day: date) -> QuerySet[Member]:
    """Active sellers who are named, or who are on `day` in one of the teams or in a team below one. Two statements with its use."""
    parents = dict(Team.objects.filter(organization_id=organization_id).order_by().values_list("pk", "parent_id"))
    chosen = set(team_ids)
    inside = {team_id for team_id in parents if not chosen.isdisjoint(_upwards(team_id, parents))}
    membership = TeamMembership.objects.filter(
        Q(ended_on=None) | Q(ended_on__gt=day),
        organization_id=organization_id,
        member_id=OuterRef("pk"),
        team_id__in=inside,
        started_on__lte=day,
    )
    return Member.objects.active().filter(
        Q(pk__in=list(member_ids)) | Q(Exists(membership)), organization_id=organization_id, is_seller=True
    )


def _upwards(team_id: int, parents: dict[int, int | None]) -> list[int]:
    """The team and all teams above it."""
    path: list[int] = []
    step: int | None = team_id
    while step is not None and step not in path:
        path.append(step)
        step = parents.get(step)
    return path


@dataclass(frozen=True, slots=True)
class Audience:
    """Whom a program is for, as far as the reader may read names. `unnamed` is how many lines of it the reader may not."""

    teams: list[Team]
    members: list[Member]
    unnamed: int
    people: int


def audience_of(program: Program, reader: Member) -> Audience:
    """Whom `program` is for, and how many sellers that is today. Five statements."""
    lines = list(
        ProgramAudience.objects.filter(organization_id=program.organization_id, program=program).values_list("team_id", "member_id")
    )
    team_ids = {team for team, _member in lines if team is not None}
    member_ids = {member for _team, member in lines if member is not None}
    teams = list(Team.objects.visible_to(reader).filter(pk__in=team_ids))
    members = list(Member.objects.filter(access.audience_visible_to(reader), pk__in=member_ids))
    people = sellers_of(program.organization_id, team_ids=team_ids, member_ids=member_ids, day=access.today_of(reader))
    return Audience(teams, members, len(lines) - len(teams) - len(members), people.count())


def first_day_of(program: Program, today: date) -> date | None:
    """The first day, from `today` on, on which the program asks; None where it ends before. One statement.

    Days off of single people are not looked at.
    """
    start = max(program.starts_on, today)
    last = min(program.ends_on or date.max, start + timedelta(weeks=52))
    holidays = OrganizationHoliday.objects.filter(organization_id=program.organization_id, day__gte=start, day__lte=last)
    closed = set(holidays.values_list("day", flat=True))
    days = (start + timedelta(days=number) for number in range((last - start).days + 1))
    return next((day for day in days if is_working_day(program.weekdays, day) and day not in closed), None)


@dataclass(frozen=True, slots=True)
class ProgramRow:
    """A program with how many questions it has, how many people take part, and how many first answers its results hold."""

    program: Program
    questions: int
    people: int
    first_answers: int


def rows_of(programs: Iterable[Program]) -> list[ProgramRow]:
    """The programs with their counts. Three statements, however many programs."""
    found = list(programs)
    inside = {"organization_id__in": {program.organization_id for program in found}, "program_id__in": [program.pk for program in found]}
    lines = ProgramQuestion.objects.filter(**inside)
    questions = dict(_by_program(lines, number=Count("pk")))
    people = dict(_by_program(Enrollment.objects.filter(ended_on=None, **inside), number=Count("pk")))
    answers = dict(_by_program(_results_of_lines(found), number=Sum("people")))
    return [ProgramRow(program, questions.get(program.pk, 0), people.get(program.pk, 0), answers.get(program.pk, 0)) for program in found]


def _results_of_lines(programs: Iterable[Program]) -> QuerySet[QuestionResult]:
    """Results of questions that are in the program still, of the minimum of people or more."""
    found = list(programs)
    line = ProgramQuestion.objects.filter(
        organization_id=OuterRef("organization_id"), program_id=OuterRef("program_id"), question_id=OuterRef("question_id")
    )
    return QuestionResult.objects.filter(
        Exists(line),
        organization_id__in={program.organization_id for program in found},
        program_id__in=[program.pk for program in found],
        people__gte=F("organization__small_group_minimum"),
    )


def _by_program(rows: QuerySet, **number: Count | Sum) -> QuerySet:
    return rows.order_by().values_list("program_id").annotate(**number)


@dataclass(frozen=True, slots=True)
class ProgramLine:
    """A question of a program and its current words."""

    question: Question
    wording: QuestionWording


def lines_of(program: Program) -> QuerySet[ProgramQuestion]:
    """The program's questions in order, with what a line of them shows. Two statements with its use."""
    lines = program.program_questions.filter(organization_id=program.organization_id).order_by("position", "pk")
    lines = lines.select_related("question__competency", "question__current_version")
    return lines.prefetch_related("question__current_version__wordings")


def place_of(program: Program, question: Question) -> int | None:
    """At which place of the program the question stands, from 0; None where it does not. One statement."""
    lines = program.program_questions.filter(organization_id=program.organization_id).order_by("position", "pk")
    return next((place for place, found in enumerate(lines.values_list("question_id", flat=True)) if found == question.pk), None)


def as_line(question: Question, language: str) -> ProgramLine:
    return ProgramLine(question, wording_in(version_of(question), language))


def questions_to_add(program: Program, reader: Member, wanted: BankFilter) -> QuerySet[Question]:
    """Questions of the bank that fit and that the program does not have, in the order in which they came in, with their wordings."""
    return bank(reader, wanted).exclude(pk__in=program.program_questions.values("question_id")).order_by("pk")


@dataclass(frozen=True, slots=True)
class QuestionFigure:
    """First answers to one question of a program: of how many people, how many were right, and when they were counted.

    `attracts` is the option that most of those chose who were not right, `attracted` how many did; empty where too few did.
    """

    people: int
    right: int
    attracts: str
    attracted: int
    counted_at: datetime

    @property
    def percent(self) -> int:
        return round(100 * self.right / self.people)


@dataclass(frozen=True, slots=True)
class ProgramProgress:
    """How far the people of a program are. Each count is of the minimum of people or more, and grows by as many at a time."""

    enrolled: int
    started: int
    questions: tuple[int, ...]
    """Ids of the program's questions in their order."""
    by_question: dict[int, QuestionFigure]
    """Empty for a reader who may not read how questions were answered."""
    first_answers: int
    """First answers that are counted in the results of questions."""
    counted_at: datetime

    @property
    def to_answer(self) -> int:
        """First answers there are to be: questions times people."""
        return self.enrolled * len(self.questions)

    @property
    def percent(self) -> int:
        return round(100 * min(self.first_answers, self.to_answer) / self.to_answer) if self.to_answer else 0

    @property
    def percent_right(self) -> int | None:
        """First answers that were right, in per cent over all questions with a figure; None where none has one."""
        if not self.by_question:
            return None
        return round(100 * sum(figure.right for figure in self.by_question.values()) / self.first_answers)

    @property
    def hardest(self) -> tuple[int, QuestionFigure] | None:
        """The question with the smallest share right at first: its place from 1, and its figure. None where fewer than two have one."""
        told = [(place, self.by_question[pk]) for place, pk in enumerate(self.questions, 1) if pk in self.by_question]
        return min(told, key=lambda found: found[1].right / found[1].people) if len(told) > 1 else None


def progress_of(program: Program, reader: Member) -> ProgramProgress | None:
    """The results of `program` as they were last counted, or None where `reader` may not read them, or they are of too few people.

    Figures of questions are there for who may read first answers. Three statements.
    """
    minimum = program.organization.small_group_minimum
    if not access.reads_progress_of(reader, program.created_by_id):
        return None
    result = ProgramResult.objects.filter(organization_id=program.organization_id, program=program).first()
    if result is None or result.enrolled < minimum:
        return None
    lines = program.program_questions.filter(organization_id=program.organization_id).order_by("position", "pk")
    rows = list(_results_of_lines([program]).order_by())
    return ProgramProgress(
        enrolled=result.enrolled,
        started=result.started if result.started >= minimum else 0,
        questions=tuple(lines.values_list("question_id", flat=True)),
        by_question={row.question_id: QuestionFigure(row.people, row.right, row.attracts, row.attracted, row.counted_at) for row in rows}
        if access.reads_first_answers_of(reader, program.created_by_id)
        else {},
        first_answers=sum(row.people for row in rows),
        counted_at=max([result.counted_at, *(row.counted_at for row in rows)]),
    )
