"""How easy questions are for everybody: counted each night from the log, never a hot row in the answer's path.

A person's own answers are stored with the easiness that was known. So that nobody can read from it what the next colleague answered, a
question's easiness is counted anew only when enough different people have answered since; until then the older version stands.
"""

from datetime import datetime

from django.db import transaction
from django.db.models import Count, F, Q

from accounts.models import Organization
from accounts.organizations import sum_over_organizations
from reinforcement.daily.models import Answer
from reinforcement.memory.features import easiness
from reinforcement.memory.models import QuestionEasiness
from reinforcement.memory.prior import UNKNOWN_SHARE

# An organization's share of rights is shrunk towards the unknown one by this many answers.
SHARE_WEIGHT = 20.0


def count_easiness(now: datetime) -> int:
    """Counts all organizations' questions; how many have a new version."""
    return sum_over_organizations("counting easiness", lambda organization: count_easiness_of(organization, now))


@transaction.atomic
def count_easiness_of(organization: Organization, now: datetime) -> int:
    """The same for one organization. Two at once wait for one another, and no answer waits for them."""
    Organization.objects.select_for_update(no_key=True).get(pk=organization.pk)
    counts = list(
        _answers(organization)
        .values("question_id")
        .annotate(
            answers=Count("pk"),
            rights=Count("pk", filter=Q(verdict=Answer.Verdict.RIGHT)),
            firsts=Count("pk", filter=Q(is_first=True)),
            first_rights=Count("pk", filter=Q(is_first=True, verdict=Answer.Verdict.RIGHT)),
        )
    )
    due = _with_enough_people(organization)
    share = _share(counts, "rights", "answers")
    first_share = _share(counts, "first_rights", "firsts")
    versions = [
        QuestionEasiness(
            organization=organization,
            question_id=row["question_id"],
            counted_at=now,
            answers=row["answers"],
            easiness=easiness(row["rights"], row["answers"], share),
            first_easiness=easiness(row["first_rights"], row["firsts"], first_share),
        )
        for row in counts
        if row["question_id"] in due
    ]
    current = QuestionEasiness.objects.filter(organization=organization, is_current=True)
    current.filter(question_id__in=due).update(is_current=False)
    QuestionEasiness.objects.bulk_create(versions)
    return len(versions)


def _answers(organization: Organization):
    """Answers to what the questions mean now."""
    return Answer.objects.filter(organization=organization, version__number__gte=F("question__meaning_since")).order_by()


def _with_enough_people(organization: Organization) -> set[int]:
    """The questions that enough different people have answered since they were counted last."""
    counted = dict(QuestionEasiness.objects.filter(organization=organization, is_current=True).values_list("question_id", "counted_at"))
    known = Q(
        question_id__in=counted, received_at__gt=F("question__easiness_versions__counted_at"), question__easiness_versions__is_current=True
    )
    people = _answers(organization).filter(~Q(question_id__in=counted) | known)
    enough = (
        people.values("question_id").annotate(people=Count("member", distinct=True)).filter(people__gte=organization.small_group_minimum)
    )
    return set(enough.values_list("question_id", flat=True))


def _share(counts: list[dict], rights: str, answers: str) -> float:
    right, all_of_them = (sum(row[name] for row in counts) for name in (rights, answers))
    return (right + SHARE_WEIGHT * UNKNOWN_SHARE) / (all_of_them + SHARE_WEIGHT)
