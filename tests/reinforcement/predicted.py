"""Answers with given predictions, written straight into the log."""

import uuid
from collections.abc import Sequence
from datetime import date, datetime, timedelta

from django.utils import timezone

from accounts.models import Member, Organization
from reinforcement.models import Answer, DailySet, DailySetItem, Program, Question
from tests.factories import ProgramFactory, QuestionFactory, SellerFactory, monday_of


def sellers_of(organization: Organization, count: int = 5) -> list[Member]:
    """The organization's sellers, as many as asked for."""
    found = list(Member.objects.filter(organization=organization, is_seller=True).order_by("pk")[:count])
    return found + SellerFactory.create_batch(count - len(found), organization=organization)


def log_answers(
    sellers: Sequence[Member], answers: Sequence[tuple[float | None, bool]], *, week_on: date | None = None, at: datetime | None = None
) -> list[Answer]:
    """One answer for each pair of predicted and whether it was right, by the sellers in turn, in `week_on` (default: this week)."""
    at = at or timezone.now()
    organization = sellers[0].organization
    question = Question.objects.filter(organization=organization).first() or QuestionFactory(organization=organization)
    program = Program.objects.filter(organization=organization).first() or ProgramFactory(organization=organization)
    places = [(sellers[number % len(sellers)], predicted, is_right) for number, (predicted, is_right) in enumerate(answers)]
    team = sellers[0].team_memberships.get(ended_on=None).team
    first = date(2000, 1, 1) + timedelta(days=Answer.objects.count())
    sets = DailySet.objects.bulk_create(
        DailySet(
            organization=organization,
            member=member,
            team=team,
            local_date=first + timedelta(days=number),
            size=1,
            prepared_at=at,
            run=uuid.uuid4(),
        )
        for number, (member, _predicted, _is_right) in enumerate(places)
    )
    asked = {
        "organization": organization,
        "program": program,
        "question": question,
        "competency": question.competency,
        "version": question.current_version,
    }
    wording = question.current_version.wordings.get()
    items = DailySetItem.objects.bulk_create(
        DailySetItem(**asked, daily_set=daily_set, position=0, wording=wording, reason=DailySetItem.Reason.NEW) for daily_set in sets
    )
    return Answer.objects.bulk_create(
        Answer(
            **asked,
            member=member,
            item=item,
            team=team,
            response={"chosen": ["a" if is_right else "b"]},
            verdict=Answer.Verdict.RIGHT if is_right else Answer.Verdict.WRONG,
            credit=float(is_right),
            predicted=predicted,
            is_first=False,
            answered_at=at,
            received_at=at,
            week_on=week_on or monday_of(at.date()),
        )
        for item, (member, predicted, is_right) in zip(items, places, strict=True)
    )


def true_and_false(predicted: float, right: int, of: int) -> list[tuple[float, bool]]:
    """`of` answers with this prediction, `right` of them right, spread evenly."""
    return [(predicted, (number * right) // of != ((number + 1) * right) // of) for number in range(of)]
