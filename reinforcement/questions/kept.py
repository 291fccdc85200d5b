"""What was asked never changes, so a process keeps the wordings that it has read, each with its version."""

from functools import lru_cache

from reinforcement.questions.models import QuestionWording

# Some kilobytes each. A morning asks few questions of many people.
KEPT_AT_MOST = 1_000


@lru_cache(maxsize=KEPT_AT_MOST)
def wording_with_version(organization_id: int, wording_id: int) -> QuestionWording:
    """The wording and its version. One statement the first time. Everybody gets the same objects: read them, hang nothing on them."""
    return QuestionWording.objects.select_related("version").get(organization_id=organization_id, pk=wording_id)
