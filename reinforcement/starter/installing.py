"""Brings the starter set into an organization's bank, once: what is there already stays as its authors made it."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction

from accounts.models import Member, Organization
from reinforcement.competencies.models import Competency
from reinforcement.competencies.services import create_competency
from reinforcement.questions.models import Question
from reinforcement.questions.rich_text import clean_html
from reinforcement.questions.services import Asked, NewQuestion, Words, write_questions
from reinforcement.starter.library import StarterCompetency, StarterQuestion, load_starter


@transaction.atomic
def install_starter(organization: Organization, *, created_by: Member | None = None) -> list[Question]:
    """The questions of the set that the bank did not have, by their ids. The original is in the organization's language."""
    # Two clicks at once install one set.
    Organization.objects.select_for_update(no_key=True).get(pk=organization.pk)
    starter = load_starter()
    ids = [question.id for question in starter.questions]
    there = set(Question.objects.filter(organization=organization, external_id__in=ids).values_list("external_id", flat=True))
    missing = [question for question in starter.questions if question.id not in there]
    slugs = {question.competency for question in missing}
    competencies = _competencies(organization, [one for one in starter.competencies if one.slug in slugs])
    return write_questions(
        organization, [_new(question, competencies, organization.language) for question in missing], created_by=created_by
    )


def _competencies(organization: Organization, wanted: list[StarterCompetency]) -> dict[str, Competency]:
    """By slug: the competency in use that has the name in one of the languages, else a new one in the organization's."""
    known = {one.name.casefold(): one for one in Competency.objects.filter(organization=organization, archived_at=None)}
    found = {}
    for one in wanted:
        there = next((known[name.casefold()] for name in one.names.values() if name.casefold() in known), None)
        found[one.slug] = there or create_competency(
            organization, name=_free_name(organization, one), description=one.descriptions[organization.language]
        )
    return found


def _free_name(organization: Organization, one: StarterCompetency) -> str:
    """The name, marked where an archived competency has it: names are unique."""
    name = one.names[organization.language]
    is_taken = Competency.objects.filter(organization=organization, name__iexact=name).exists()
    return f"{name} (2)" if is_taken else name


def _new(question: StarterQuestion, competencies: Mapping[str, Competency], language: str) -> NewQuestion:
    words = {code: _words(question, code) for code in question.wordings}
    original = words.pop(language)
    return NewQuestion(
        competencies[question.competency],
        Asked(question.kind, dict(question.answer_key), original),
        question.id,
        question.difficulty,
        tuple(words.values()),
    )


def _words(question: StarterQuestion, language: str) -> Words:
    wording = question.wordings[language]
    content: dict[str, Any] = dict(wording.content)
    return Words(language, wording.prompt, content, clean_html(wording.situation), clean_html(wording.explanation), wording.source)
