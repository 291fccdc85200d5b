"""How easy questions are for everybody: counted each night from the log, never a hot row in the answer's path.

So that nobody can tell from it what the next colleague answered, a question is counted anew only when enough different people have answered
since; until then the older version stands. First answers move in steps of their own: enough new people, or the older figure stays.
"""

from datetime import datetime

from django.db import transaction
from django.db.models import Count, F, Min, OuterRef, Q, Subquery

from accounts.models import Organization
from accounts.organizations import sum_over_organizations
from reinforcement.daily.models import Answer
from reinforcement.memory.features import easiness
from reinforcement.memory.models import QuestionEasiness
from reinforcement.memory.prior import guessed_share
from reinforcement.questions.models import Question


def count_easiness(now: datetime) -> int:
    """Counts all organizations' questions; how many have a new version."""
    return sum_over_organizations("counting easiness", lambda organization: count_easiness_of(organization, now))


@transaction.atomic
def count_easiness_of(organization: Organization, now: datetime) -> int:
    """The same for one organization. Two at once wait for one another, and no answer waits for them."""
    Organization.objects.select_for_update(no_key=True).get(pk=organization.pk)
    # Who is due is read first, and both reads end at the same moment: what comes between them only makes a version later.
    due = _with_enough_people(organization, now)
    before = {row.question_id: row for row in _current(organization)}
    firsts = _counts(_first_answers(organization, now), due)
    versions = []
    guesses = dict(Question.objects.filter(organization=organization, pk__in=due).values_list("pk", "difficulty"))
    for question, (meaning, answers, rights) in _counts(_answers(organization, now), due).items():
        share = guessed_share(guesses[question])
        _meaning, first_answers, first_rights = firsts[question]
        version = QuestionEasiness(
            organization=organization,
            question_id=question,
            meaning_since=meaning,
            counted_at=now,
            answers=answers,
            easiness=easiness(rights, answers, share),
            first_answers=first_answers,
            first_easiness=easiness(first_rights, first_answers, share),
        )
        older = before.get(question)
        if older and older.meaning_since == meaning and first_answers - older.first_answers < organization.small_group_minimum:
            version.first_answers, version.first_easiness = older.first_answers, older.first_easiness
        versions.append(version)
    _current(organization).filter(question_id__in=[version.question_id for version in versions]).update(is_current=False)
    QuestionEasiness.objects.bulk_create(versions)
    return len(versions)


def _current(organization: Organization):
    return QuestionEasiness.objects.filter(organization=organization, is_current=True)


def _answers(organization: Organization, now: datetime):
    """Answers up to `now` to what the questions mean."""
    counts = {"organization": organization, "received_at__lte": now, "version__number__gte": F("question__meaning_since")}
    return Answer.objects.filter(**counts).order_by()


def _first_answers(organization: Organization, now: datetime):
    """The first one of each person to what a question means."""
    firsts = _answers(organization, now).values("question_id", "member_id").annotate(first=Min("pk"))
    return Answer.objects.filter(organization=organization, pk__in=firsts.values("first")).order_by()


def _counts(answers, questions: set[int]) -> dict[int, tuple[int, int, int]]:
    """Of each of the questions: the version of its meaning, how many of the answers are to it, and how many of these are right."""
    rows = answers.values_list("question_id", "question__meaning_since").annotate(
        Count("pk"), right=Count("pk", filter=Q(verdict=Answer.Verdict.RIGHT))
    )
    return {question: counts for question, *counts in rows if question in questions}


def _with_enough_people(organization: Organization, now: datetime) -> set[int]:
    """The questions that enough different people have answered since what they mean was counted last."""
    counted_at = _current(organization).filter(question=OuterRef("question"), meaning_since=OuterRef("question__meaning_since"))
    since = _answers(organization, now).annotate(counted_at=Subquery(counted_at.values("counted_at")[:1]))
    since = since.filter(Q(counted_at=None) | Q(received_at__gt=F("counted_at")))
    enough = (
        since.values("question_id").annotate(people=Count("member", distinct=True)).filter(people__gte=organization.small_group_minimum)
    )
    return set(enough.values_list("question_id", flat=True))
