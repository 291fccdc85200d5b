"""The demo's content loads, holds to its writing rules, and says which entry is not right."""

import json
import re
import shutil
from collections import Counter
from html.parser import HTMLParser

import pytest

from dashboards.demo.library import CONTENT, LANGUAGES, load_library

LIBRARY = load_library()
ORGANIZATIONS = {organization.slug: organization for organization in LIBRARY.organizations}
WORDINGS = [
    pytest.param(question, wording, id=f"{question.external_id}-{wording.language}")
    for organization in LIBRARY.organizations
    for question in organization.questions
    for wording in question.wordings.values()
]
BANKS = [
    pytest.param(organization, language, id=f"{organization.slug}-{language}")
    for organization in LIBRARY.organizations
    for language in LANGUAGES
    if any(language in question.wordings for question in organization.questions)
]
# How many are right is not said: the page asks for every answer that fits.
HOW_MANY = {"en": "Choose", "nl": "Kies", "fr": "Choisissez"}


def texts_of(wording):
    options = [text for option in wording.options.values() for text in (option.text, option.feedback)]
    return [wording.situation, wording.prompt, wording.explanation, *options]


def right_is_longest(question, wording):
    lengths = {key: len(option.text) for key, option in wording.options.items()}
    return max(lengths[key] for key in question.right_ids) > max(lengths[key] for key in lengths if key not in question.right_ids)


class OpenTags(HTMLParser):
    def __init__(self):
        super().__init__()
        self.open = []

    def handle_starttag(self, tag, attrs):
        if tag != "br":
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag


def test_library_holds_two_organizations_with_their_questions():
    counts = {slug: Counter(question.kind for question in organization.questions) for slug, organization in ORGANIZATIONS.items()}
    assert counts == {
        "corvelle": {"single": 10, "multiple": 5, "true_false": 3},
        "fennema": {"single": 25, "multiple": 11, "true_false": 6},
    }


def test_organizations_ask_enough_about_a_competency_to_say_something_of_a_person():
    assert len(LIBRARY.competencies) == 7
    for organization in LIBRARY.organizations:
        counts = Counter(question.competency for question in organization.questions)
        # At most one has too few questions: the page then shows how "not enough data" looks.
        assert sum(count < 5 for count in counts.values()) <= 1, organization.slug


def test_fennema_speaks_dutch_and_french_too():
    spoken = Counter(language for question in ORGANIZATIONS["fennema"].questions for language in question.wordings)
    assert spoken["en"] == 42
    assert spoken["nl"] >= 20
    assert spoken["fr"] >= 12


@pytest.mark.parametrize(("question", "wording"), WORDINGS)
def test_question_keeps_the_voice_and_its_form(question, wording):
    for text in texts_of(wording):
        assert "!" not in text
        assert "—" not in text
        assert not re.search(r"\b(tests?|exams?|examens?|failed|weak)\b", text, re.IGNORECASE)
        tags = OpenTags()
        tags.feed(text)
        assert tags.open == []
    assert tuple(wording.options) == question.option_ids
    assert HOW_MANY[wording.language] not in wording.prompt
    assert len(question.right_ids) == (2 if question.kind == "multiple" else 1)
    assert 2 <= len(re.findall(r"[.?”»](?:\s|</p>)", wording.explanation)) <= 7


@pytest.mark.parametrize(("organization", "language"), BANKS)
def test_bank_asks_no_prompt_twice(organization, language):
    prompts = [" ".join(q.wordings[language].prompt.lower().split()) for q in organization.questions if language in q.wordings]
    assert len(set(prompts)) == len(prompts)


@pytest.mark.parametrize(("organization", "language"), BANKS)
def test_bank_does_not_give_the_right_option_away(organization, language):
    questions = [question for question in organization.questions if language in question.wordings]
    singles = [question for question in questions if question.kind == "single"]
    positions = Counter(question.option_ids.index(*question.right_ids) for question in singles)
    longest = sum(right_is_longest(question, question.wordings[language]) for question in singles)
    assert longest <= 0.35 * len(singles)
    assert max(positions.values()) <= 0.4 * len(singles)


@pytest.mark.parametrize("organization", LIBRARY.organizations, ids=lambda organization: organization.slug)
def test_bank_says_true_as_often_as_not_true_within_one(organization):
    rights = Counter(next(iter(question.right_ids)) for question in organization.questions if question.kind == "true_false")
    assert abs(rights["true"] - rights["false"]) <= 1


@pytest.mark.parametrize("organization", LIBRARY.organizations, ids=lambda organization: organization.slug)
def test_every_manager_is_in_the_same_organization(organization):
    emails = {person.email for person in organization.people}
    assert {person.manager_email for person in organization.people} - {None} <= emails


def test_fennema_line_reaches_sellers_two_deep():
    manager_of = {person.email: person.manager_email for person in ORGANIZATIONS["fennema"].people}
    sellers = [person for person in ORGANIZATIONS["fennema"].people if "seller" in person.roles]
    assert Counter(person.team[-1] for person in sellers) == {"Benelux South": 8, "Benelux North": 6, "Inside sales": 3, "Luxembourg": 2}
    assert {manager_of[person.manager_email] for person in sellers} == {"bart.hendrickx@fennema.example"}


def test_each_organization_has_every_role_and_one_person_is_in_both():
    for organization in LIBRARY.organizations:
        assert set().union(*(person.roles for person in organization.people)) == {"owner", "hr", "leadership", "author", "seller"}
    shared = [{person.email for person in organization.people} for organization in LIBRARY.organizations]
    assert set.intersection(*shared) == {"helene.carpentier@werkbank.example"}


def test_programs_ask_every_question_once():
    for organization in LIBRARY.organizations:
        asked = [external_id for program in organization.programs for external_id in program.questions]
        assert sorted(asked) == sorted(question.external_id for question in organization.questions)


def change(folder, name, where, field, value):
    path = folder / name
    data = json.loads(path.read_text(encoding="utf-8"))
    entry = data
    for step in where:
        entry = entry[step]
    entry[field] = value
    path.write_text(json.dumps(data), encoding="utf-8")


@pytest.mark.parametrize(
    ("name", "where", "field", "value", "complaint"),
    [
        ("questions_fennema.json", ["questions", 1], "competency", "juggling", r"questions_fennema\.json, FEN-002: unknown competency"),
        ("questions_fennema.json", ["questions", 1, "options", 2], "is_right", False, "FEN-002: no right option"),
        ("questions_fennema.json", ["questions", 1, "options", 0], "is_right", True, "FEN-002: 2 right options"),
        ("questions_fennema.json", ["questions", 1], "external_id", "FEN-001", "FEN-001: external_id stands twice"),
        ("questions_fennema.json", ["questions", 1], "situation", "<script>", "FEN-002: situation has HTML"),
        ("questions_fennema.json", ["questions", 1], "promt", "", "FEN-002: has unknown fields promt"),
        ("questions_fennema_nl.json", ["questions", 1, "options", 0], "id", "z", "FEN-002: option ids differ"),
        ("questions_fennema_nl.json", ["questions", 1], "external_id", "FEN-999", "FEN-999: translates an unknown question"),
        ("people_fennema.json", ["people", 7], "manager_email", "nobody@fennema.example", "amira.kaya@fennema.example: manager"),
        ("people_fennema.json", ["people", 7], "time_zone", "Europe/Ghent", "amira.kaya@fennema.example: unknown time_zone"),
        ("people_fennema.json", ["people", 7, "skill"], "negotiation", 1.2, "amira.kaya@fennema.example, skill: negotiation"),
        ("people_fennema.json", ["people", 7], "working_days", [0], "amira.kaya@fennema.example: working_days"),
        ("programs.json", ["programs", 0], "questions", ["FEN-999"], "start-where-the-buyer-is: unknown questions FEN-999"),
        ("programs.json", ["programs", 0], "organization", "acme", "start-where-the-buyer-is: unknown organization 'acme'"),
        ("programs.json", ["programs", 0], "teams", [["Sales", "Mars"]], "start-where-the-buyer-is: unknown team"),
        ("competencies.json", ["groups", 0, "competencies", 0, "levels", 3], "number", 5, "customer-centric: levels are not 1 to 4"),
        ("competencies.json", ["groups", 0, "competencies", 0], "names", {"en": "x"}, "customer-centric, names: lacks fr, nl"),
    ],
)
def test_load_names_file_and_entry_that_is_not_right(tmp_path, name, where, field, value, complaint):
    folder = shutil.copytree(CONTENT, tmp_path / "content")
    change(folder, name, where, field, value)
    with pytest.raises(ValueError, match=complaint) as refusal:
        load_library(folder)
    assert str(refusal.value).startswith(name)
