"""How colleagues answered: counted by a periodic batch from members' first answers to a version.

Everybody reads these counts, so they grow by the organization's minimum of people at a time: one that grew by one would tell what
the last person chose.
"""

from collections import Counter
from datetime import datetime

from django.db.models import Count, F, Q
from django.db.models.functions import Coalesce

from reinforcement.daily.models import Answer
from reinforcement.questions.models import OptionShares, QuestionVersion

VERSIONS_AT_ONCE = 200


def count_option_shares(now: datetime) -> int:
    """Counts the versions that enough people have answered for the first time since their last count; how many those were."""
    counted = Coalesce(F("shares__people"), 0)
    stale = (
        QuestionVersion.objects.annotate(people=Count("answers", filter=Q(answers__is_first=True)))
        .filter(people__gte=counted + F("organization__small_group_minimum"))
        .order_by("pk")
    )
    versions = list(stale.values_list("pk", "organization_id", "people"))
    for start in range(0, len(versions), VERSIONS_AT_ONCE):
        _count(versions[start : start + VERSIONS_AT_ONCE], now)
    return len(versions)


def _count(versions: list[tuple[int, int, int]], now: datetime) -> None:
    chosen: dict[int, Counter] = {pk: Counter() for pk, _organization, _people in versions}
    answers = Answer.objects.filter(version_id__in=chosen, is_first=True).order_by().values_list("version_id", "response")
    for version_id, response in answers.iterator(chunk_size=2000):
        chosen[version_id].update(response.get("chosen", ()))
    OptionShares.objects.bulk_create(
        [
            OptionShares(organization_id=organization, version_id=pk, people=people, chosen=dict(chosen[pk]), counted_at=now)
            for pk, organization, people in versions
        ],
        update_conflicts=True,
        unique_fields=["version"],
        update_fields=["people", "chosen", "counted_at"],
    )
