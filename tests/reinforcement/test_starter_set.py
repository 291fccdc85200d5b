"""The starter set: complete, fit to be asked in each language, and a loader that says where a file is wrong."""

import json
import re
import shutil
from collections import Counter

import pytest

from reinforcement.questions.kinds.base import Verdict
from reinforcement.questions.kinds.registry import KINDS, kind
from reinforcement.questions.linting import Draft, lint, lint_set
from reinforcement.questions.rich_text import clean_html, to_plain_text
from reinforcement.questions.sameness import normalised_words
from reinforcement.starter.library import CONTENT, LANGUAGES, StarterError, load_starter

STARTER = load_starter()
WORDINGS = [(question, wording) for question in STARTER.questions for wording in question.wordings.values()]
DRAFTS = [
    Draft(
        question.kind,
        question.answer_key,
        wording.language,
        wording.prompt,
        wording.content,
        wording.situation,
        wording.explanation,
    )
    for question, wording in WORDINGS
]


def test_starter_set_has_five_questions_for_each_of_eight_competencies():
    assert len(STARTER.competencies) == 8
    assert Counter(question.competency for question in STARTER.questions) == {competency.slug: 5 for competency in STARTER.competencies}


def test_starter_set_uses_every_kind_and_mostly_choices():
    kinds = Counter(question.kind for question in STARTER.questions)
    assert min(kinds[kind.name] for kind in KINDS) >= 3
    assert kinds["single"] + kinds["multiple"] > len(STARTER.questions) / 2


def test_starter_set_is_there_in_three_languages():
    assert all(tuple(question.wordings) == LANGUAGES for question in STARTER.questions)
    assert all(set(competency.names) == set(competency.descriptions) == set(LANGUAGES) for competency in STARTER.competencies)


def test_every_wording_parses_to_itself_with_the_same_ids():
    for question, wording in WORDINGS:
        asked = kind(question.kind)
        parsed = asked.parse(wording.content, question.answer_key)
        assert (parsed.content, parsed.answer_key) == (wording.content, question.answer_key)
        assert asked.ids(wording.content) == asked.ids(question.wordings[question.original].content)


def test_right_response_of_every_wording_is_judged_right():
    for question, wording in WORDINGS:
        asked = kind(question.kind)
        response = asked.check_response(asked.right_response(question.answer_key, wording.content), wording.content)
        assert asked.judge(question.answer_key, response, wording.content).verdict == Verdict.RIGHT, question.id


def test_linter_finds_nothing_in_the_starter_set():
    findings = [
        (question.id, draft.language, finding.code)
        for (question, _wording), draft in zip(WORDINGS, DRAFTS, strict=True)
        for finding in lint(draft, present=tuple(question.wordings), wanted=LANGUAGES)
    ]
    assert findings == []
    assert lint_set(DRAFTS) == ()


def test_every_option_has_feedback():
    for question, wording in WORDINGS:
        entries = [*wording.content.get("options", []), *wording.content.get("answers", [])]
        feedback = [entry["feedback"] for entry in entries] + list(wording.content.get("feedback", {}).values())
        assert all(map(to_plain_text, feedback)), (question.id, wording.language)


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_two_prompts_are_alike(language):
    prompts = [normalised_words(question.wordings[language].prompt) for question in STARTER.questions]
    assert len(set(prompts)) == len(STARTER.questions)


def test_texts_are_clean_paragraphs():
    for question, wording in WORDINGS:
        for text in (wording.situation, wording.explanation):
            assert re.fullmatch(r"<p>[^<>]+</p>", text), question.id
            assert clean_html(text).replace("&nbsp;", "\N{NO-BREAK SPACE}") == text, question.id


def test_single_questions_have_the_right_option_at_every_place():
    places = Counter(question.answer_key["right"][0] for question in STARTER.questions if question.kind == "single")
    assert set(places) == set("abcd")
    assert max(places.values()) <= places.total() / 2


TYPED = [
    ("acquiring-4", "en", "the plant director", Verdict.RIGHT),
    ("acquiring-4", "en", "director of finance", Verdict.WRONG),
    ("acquiring-4", "nl", "de fabriekdirecteur", Verdict.RIGHT),
    ("acquiring-4", "nl", "fabrieksdirekteur", Verdict.RIGHT),
    ("acquiring-4", "nl", "financieel directeur", Verdict.WRONG),
    ("acquiring-4", "fr", "le directeur de l’usine", Verdict.RIGHT),  # noqa: RUF001
    ("acquiring-4", "fr", "la directrice financière", Verdict.WRONG),
    ("negotiation-5", "en", "If", Verdict.RIGHT),
    ("negotiation-5", "en", "We", Verdict.WRONG),
    ("negotiation-5", "nl", "Als u", Verdict.RIGHT),
    ("negotiation-5", "nl", "Wanneer", Verdict.PARTLY),
    ("negotiation-5", "fr", "Si", Verdict.RIGHT),
    ("negotiation-5", "fr", "Je", Verdict.WRONG),
    ("conversation-3", "en", "How", Verdict.RIGHT),
    ("conversation-3", "en", "Why", Verdict.PARTLY),
    ("conversation-3", "nl", "Wat", Verdict.RIGHT),
    ("conversation-3", "nl", "Bent u", Verdict.WRONG),
    ("conversation-3", "fr", "Qu’est-ce qui", Verdict.RIGHT),  # noqa: RUF001
    ("conversation-3", "fr", "Est-ce que", Verdict.WRONG),
]


@pytest.mark.parametrize(("question_id", "language", "typed", "verdict"), TYPED)
def test_typed_answers_are_judged_as_a_reader_expects(question_id, language, typed, verdict):
    [question] = [question for question in STARTER.questions if question.id == f"starter-{question_id}"]
    asked, content = kind(question.kind), question.wordings[language].content
    assert asked.judge(question.answer_key, asked.check_response({"text": typed}, content), content).verdict == verdict


@pytest.fixture
def folder(tmp_path):
    """A copy of the set, to break."""
    return shutil.copytree(CONTENT, tmp_path / "content")


def changed(folder, change, name="questions_acquiring.json"):
    rows = json.loads((folder / name).read_text(encoding="utf-8"))
    change(rows)
    (folder / name).write_text(json.dumps(rows), encoding="utf-8")
    with pytest.raises(StarterError) as caught:
        load_starter(folder)
    return str(caught.value)


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        (lambda row: row.pop("difficulty"), "lacks difficulty"),
        (lambda row: row.update(level=1), "has unknown fields level"),
        (lambda row: row.update(kind="essay"), "there is no kind 'essay'"),
        (lambda row: row.update(difficulty="extreme"), "there is no difficulty 'extreme'"),
        (lambda row: row.update(original="de"), "there is no language 'de'"),
        (lambda row: row["wordings"].pop("fr"), "lacks fr"),
        (lambda row: row["wordings"]["nl"].update(prompt=" "), "prompt is empty"),
        (lambda row: row["wordings"]["nl"].update(source=None), "source is not text"),
        (lambda row: row["wordings"]["nl"]["content"].update(options=[]), "nl: options: Give 2 to 26 options."),
        (lambda row: row["wordings"]["fr"]["content"]["options"].pop(), "fr: the answers have other ids than in the original language"),
        (lambda row: row["answer_key"].update(right=["z"]), "right: An answer marked as right is not among the options."),
    ],
)
def test_malformed_question_is_refused_with_file_and_id(folder, change, complaint):
    message = changed(folder, lambda rows: change(rows[0]))
    assert message.startswith("questions_acquiring.json, starter-acquiring-1")
    assert complaint in message


def test_id_of_another_competency_is_refused(folder):
    message = changed(folder, lambda rows: rows[0].update(id="starter-coaching-9"))
    assert message == "questions_acquiring.json, starter-coaching-9: the id does not begin with starter-acquiring-"


def test_id_that_stands_twice_is_refused(folder):
    assert changed(folder, lambda rows: rows.append(rows[0])) == "content: the id starter-acquiring-1 stands twice"


def test_entry_without_an_id_is_refused_by_its_number(folder):
    assert changed(folder, lambda rows: rows[1].pop("id")) == "questions_acquiring.json, entry 2: has no id"


def test_competency_without_a_description_is_refused(folder):
    message = changed(folder, lambda rows: rows[0]["descriptions"].pop("nl"), "competencies.json")
    assert message == "competencies.json, customer-centric, descriptions: lacks nl"


def test_missing_and_broken_files_are_named(folder):
    (folder / "questions_coaching.json").write_text("[", encoding="utf-8")
    with pytest.raises(StarterError, match=r"^questions_coaching\.json: "):
        load_starter(folder)
    (folder / "questions_coaching.json").unlink()
    with pytest.raises(StarterError, match=r"^questions_coaching\.json: "):
        load_starter(folder)
    (folder / "questions_coaching.json").write_text("{}", encoding="utf-8")
    with pytest.raises(StarterError, match=r"^questions_coaching\.json: is not a list"):
        load_starter(folder)
