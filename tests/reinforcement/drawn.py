"""Adaptive programs of which some sellers run on fixed spacing, and answers to what was drawn by lot, made quickly."""

import uuid
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta

from accounts.models import Member, Organization
from accounts.people import services as people
from reinforcement.models import Answer, DailySet, DailySetItem, Enrollment, Program
from tests.factories import ProgramFactory, QuestionFactory, put_in
from tests.reinforcement.published.world import add_sellers

BEGUN = date(2026, 1, 5)
NIGHT = datetime(2026, 11, 3, 1, 37, tzinfo=UTC)


def make_compared(organization: Organization, **settings) -> Program:
    """A running adaptive program of one question that is compared since BEGUN."""
    settings = {"mode": Program.Mode.ADAPTIVE, "fixed_share": 40, "starts_on": BEGUN, **settings}
    program = ProgramFactory(organization=organization, **settings)
    put_in(program, QuestionFactory(organization=organization))
    return program


def join(program: Program, count: int, *, is_fixed: bool) -> list[Member]:
    """New sellers of the program, in one of its groups."""
    sellers = add_sellers(people.root_team(program.organization), count)
    enroll_in(program, sellers, is_fixed=is_fixed)
    return sellers


def enroll_in(program: Program, sellers: Sequence[Member], *, is_fixed: bool) -> None:
    Enrollment.objects.bulk_create(
        Enrollment(organization=program.organization, program=program, member=seller, started_on=BEGUN, is_fixed=is_fixed)
        for seller in sellers
    )


def answer(
    program: Program,
    sellers: Sequence[Member],
    verdicts: Sequence[str],
    *,
    at: datetime = NIGHT - timedelta(hours=9),
    reason: str = "random",
) -> None:
    """Each of the sellers answers the program's question once for each of the verdicts, each time on a day of its own, received `at`."""
    organization, question = program.organization, program.program_questions.get().question
    version, root = question.current_version, people.root_team(program.organization)
    run, first = uuid.uuid4(), BEGUN + timedelta(days=DailySet.objects.filter(organization=organization).count())
    sets = DailySet.objects.bulk_create(
        DailySet(
            organization=organization,
            member=seller,
            team=root,
            local_date=first + timedelta(days=number),
            size=1,
            answered=1,
            prepared_at=at,
            run=run,
        )
        for seller in sellers
        for number in range(len(verdicts))
    )
    shared = {
        "organization": organization,
        "program": program,
        "question": question,
        "version": version,
        "competency_id": question.competency_id,
    }
    wording = version.wordings.get()
    items = DailySetItem.objects.bulk_create(
        DailySetItem(daily_set=daily_set, position=0, wording=wording, reason=reason, **shared) for daily_set in sets
    )
    Answer.objects.bulk_create(
        Answer(
            member_id=item.daily_set.member_id,
            item=item,
            team=root,
            response={"chosen": ["a"]},
            verdict=verdict,
            credit=float(verdict == "right"),
            is_first=False,
            answered_at=at,
            received_at=at,
            week_on=at.date() - timedelta(days=at.weekday()),
            **shared,
        )
        for item, verdict in zip(items, list(verdicts) * len(sellers), strict=True)
    )


def make_found(organization: Organization, rights: int = 8, rights_by_date: int = 4, people: int = 9, **settings) -> Program:
    """A compared program with ten answers of each of its people, of whom each has one right less than the one before, three times."""
    program = make_compared(organization, **settings)
    for is_fixed, right in ((False, rights), (True, rights_by_date)):
        for number, seller in enumerate(join(program, people, is_fixed=is_fixed)):
            one = right + number % 3 - 1
            answer(program, [seller], ["right"] * one + ["wrong"] * (10 - one))
    return program
