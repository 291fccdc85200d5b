"""What pages read of the bank."""

from dataclasses import dataclass

from django.db.models import Exists, OuterRef, Prefetch, QuerySet

from accounts.models import Member
from reinforcement.questions.models import Question, QuestionVersion, QuestionWording


@dataclass(frozen=True, slots=True)
class BankFilter:
    """What an author looks for; an empty value means all."""

    search: str = ""
    competency_ids: frozenset[int] = frozenset()
    kind: str = ""
    language: str = ""
    is_archived: bool = False


def bank(member: Member, wanted: BankFilter) -> QuerySet[Question]:
    """The questions that `member` may read and that fit, newest first, with current version, wordings and competency."""
    questions = Question.objects.visible_to(member).filter(archived_at__isnull=not wanted.is_archived)
    if wanted.competency_ids:
        questions = questions.filter(competency_id__in=wanted.competency_ids)
    if wanted.kind:
        questions = questions.filter(current_version__kind=wanted.kind)
    wordings = QuestionWording.objects.filter(version=OuterRef("current_version"), organization=member.organization_id)
    if wanted.language:
        questions = questions.filter(Exists(wordings.filter(language=wanted.language)))
    for word in wanted.search.split():
        questions = questions.filter(Exists(wordings.filter(prompt__icontains=word)))
    return with_wordings(questions).select_related("competency")


def with_wordings(questions: QuerySet[Question]) -> QuerySet[Question]:
    wordings = Prefetch("current_version__wordings", QuestionWording.objects.order_by("language"))
    return questions.select_related("current_version").prefetch_related(wordings)


def version_of(question: Question) -> QuestionVersion:
    """The version that is asked now. Only while a question is being made it has none: ValueError."""
    if question.current_version is None:
        raise ValueError("the question has no version yet")
    return question.current_version


def wording_in(version: QuestionVersion, language: str) -> QuestionWording:
    """The version's words in `language`, else in its original one. No query where wordings are prefetched."""
    by_language = {wording.language: wording for wording in version.wordings.all()}
    return by_language.get(language) or by_language[version.language]


def people_who_answered(question: Question) -> int:
    """How many people the bank's question has an answer of, in any version. One query."""
    answers = question.answers.filter(organization_id=question.organization_id)
    return answers.values("member_id").distinct().count()


def versions_of(question: Question) -> QuerySet[QuestionVersion]:
    """All versions, newest first, with their authors."""
    return question.versions.filter(organization_id=question.organization_id).select_related("created_by")
