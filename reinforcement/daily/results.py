"""Results of programs: counted by a periodic batch from first answers, never a hot row in the answer's path.

A count that people can watch grow would tell what the next person answered. So what is shown grows by the organization's minimum of
people at a time; until then the older count stands with its date. All of it is counted anew from the log each time.
"""

from collections import Counter, defaultdict
from datetime import datetime

from django.db import transaction
from django.db.models import Count, F, Q

from accounts.models import Organization
from accounts.organizations import sum_over_organizations
from reinforcement.daily.models import Answer
from reinforcement.programs.models import Enrollment, Program, ProgramQuestion, ProgramResult, QuestionResult
from reinforcement.questions.models import Question


def count_results(now: datetime) -> int:
    """Counts the results of all programs that were launched; how many of the counts changed."""
    return sum_over_organizations("counting results", lambda organization: count_results_of(organization, now))


@transaction.atomic
def count_results_of(organization: Organization, now: datetime) -> int:
    """The same for one organization. Two at once wait for one another, and no answer waits for them."""
    held = Program.objects.select_for_update(no_key=True).filter(organization=organization)
    programs = list(held.exclude(state=Program.State.DRAFT).order_by("pk"))
    return _count_programs(organization, programs, now) + _count_questions(organization, programs, now)


def is_enough_more(people: int, shown: int, minimum: int) -> bool:
    """Whether a count over `people` may take the place of one over `shown` people, who are all among them."""
    return people - shown >= minimum


def _first_answers(organization: Organization, programs: list[Program]):
    return Answer.objects.filter(organization=organization, program__in=programs, is_first=True).order_by()


def _count_programs(organization: Organization, programs: list[Program], now: datetime) -> int:
    enrollments = Enrollment.objects.filter(organization=organization, program__in=programs).order_by()
    enrolled = dict(enrollments.values_list("program_id").annotate(Count("pk")))
    started = dict(_first_answers(organization, programs).values_list("program_id").annotate(Count("member", distinct=True)))
    shown = {row.program_id: row for row in ProgramResult.objects.filter(organization=organization)}
    counted = []
    for program in programs:
        before = shown.get(program.pk)
        row = ProgramResult(
            organization=organization, program=program, enrolled=enrolled.get(program.pk, 0), started=before.started if before else 0
        )
        if is_enough_more(started.get(program.pk, 0), row.started, organization.small_group_minimum):
            row.started = started[program.pk]
        row.counted_at = now
        if before is None or (before.enrolled, before.started) != (row.enrolled, row.started):
            counted.append(row)
    ProgramResult.objects.bulk_create(
        counted, update_conflicts=True, unique_fields=["program"], update_fields=["enrolled", "started", "counted_at"]
    )
    return len(counted)


def _count_questions(organization: Organization, programs: list[Program], now: datetime) -> int:
    lines = set(
        ProgramQuestion.objects.filter(organization=organization, program__in=programs).values_list("program_id", "question_id").order_by()
    )
    shown = {(row.program_id, row.question_id): row.people for row in QuestionResult.objects.filter(organization=organization)}
    counts = (
        _first_answers(organization, programs)
        .values_list("program_id", "question_id")
        .annotate(people=Count("pk"), right=Count("pk", filter=Q(verdict=Answer.Verdict.RIGHT)))
    )
    minimum = organization.small_group_minimum
    grown = {
        (program_id, question_id): (people, right)
        for program_id, question_id, people, right in counts
        if (program_id, question_id) in lines and is_enough_more(people, shown.get((program_id, question_id), 0), minimum)
    }
    attracts = _what_attracts(organization, grown.keys(), minimum)
    QuestionResult.objects.bulk_create(
        [
            QuestionResult(
                organization=organization,
                program_id=place[0],
                question_id=place[1],
                people=people,
                right=right,
                attracts=attracts[place][0],
                attracted=attracts[place][1],
                counted_at=now,
            )
            for place, (people, right) in grown.items()
        ],
        update_conflicts=True,
        unique_fields=["program", "question"],
        update_fields=["people", "right", "attracts", "attracted", "counted_at"],
    )
    return len(grown)


def _what_attracts(organization: Organization, places, minimum: int) -> dict[tuple[int, int], tuple[str, int]]:
    """By program and question, the wrong option of the current version that most people chose, and how many; empty where too few did."""
    programs, questions = {program for program, _question in places}, {question for _program, question in places}
    known = Question.objects.filter(organization=organization, pk__in=questions).select_related("current_version")
    right = {question.pk: set(question.current_version.answer_key.get("right", ())) for question in known if question.current_version}
    chosen: dict[tuple[int, int], Counter[str]] = defaultdict(Counter)
    answers = Answer.objects.filter(organization=organization, program_id__in=programs, question_id__in=questions, is_first=True)
    answers = answers.filter(question__current_version=F("version")).exclude(verdict=Answer.Verdict.RIGHT).order_by()
    for program_id, question_id, response in answers.values_list("program_id", "question_id", "response").iterator(chunk_size=2000):
        if (program_id, question_id) in places:
            chosen[program_id, question_id].update(set(response.get("chosen", ())) - right.get(question_id, set()))
    found = {}
    for place in places:
        option, people = max(chosen[place].items(), key=lambda count: (count[1], count[0]), default=("", 0))
        found[place] = (option, people) if people >= minimum else ("", 0)
    return found
