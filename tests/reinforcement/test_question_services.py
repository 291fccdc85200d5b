"""The verbs of the bank: versions are for good, meaning restarts, wording does not, languages stay together."""

from datetime import date

import pytest
from django.utils import timezone

from reinforcement.models import MemoryState, Question, QuestionVersion, QuestionWording
from reinforcement.questions import services
from reinforcement.questions.kinds.base import ContentError
from reinforcement.questions.services import Asked, Words
from reinforcement.questions.typed_text import rich_from_typed, typed_from_rich
from tests.factories import AuthorFactory, CompetencyFactory, QuestionFactory, SellerFactory

pytestmark = pytest.mark.django_db

SCRIPT = "<script>alert(1)</script><img src=x onerror=alert(1)>"


def asked(prompt="What do you do first?", *, options=("Ask", "Quote", "Demo"), right=("a",), language="en", kind="single", **words):
    content = {"options": [{"id": "abcdef"[place], "text": f"<p>{text}</p>", "feedback": ""} for place, text in enumerate(options)]}
    return Asked(kind, {"right": list(right)}, Words(language, prompt, content, **words))


def knows(question):
    """A memory of the question that is due on a date."""
    return MemoryState.objects.create(
        organization=question.organization,
        member=SellerFactory(organization=question.organization),
        question=question,
        answered=1,
        rights_in_a_row=1,
        last_verdict="right",
        last_answered_at=timezone.now(),
        last_competency=question.competency,
        last_team=question.organization.teams.get(parent=None),
        due_on=date(2027, 1, 5),
    )


def test_question_is_created_with_its_first_version():
    competency, author = CompetencyFactory(), None
    question = services.create_question(competency=competency, asked=asked(source="Page 3"), created_by=author)
    version = Question.objects.get(pk=question.pk).current_version
    assert (version.number, version.kind, version.answer_key, version.change) == (1, "single", {"right": ["a"]}, "first")
    assert version.wordings.get().source == "Page 3"
    assert question.organization == competency.organization


def test_version_keeps_the_one_before_as_it_was():
    question = services.create_question(competency=CompetencyFactory(), asked=asked())
    first = question.current_version
    services.publish_version(question, change="wording", asked=asked("What comes first?"))
    question.refresh_from_db()
    assert question.current_version.number == 2
    assert question.current_version.wordings.get().prompt == "What comes first?"
    assert QuestionVersion.objects.get(pk=first.pk).wordings.get().prompt == "What do you do first?"


def test_version_and_wording_are_never_changed():
    version = QuestionFactory.create().current_version
    wording = version.wordings.get()
    for row in (version, wording):
        with pytest.raises(TypeError):
            row.save()
    with pytest.raises(TypeError):
        QuestionWording.objects.filter(pk=wording.pk).update(prompt="Other")
    with pytest.raises(TypeError):
        QuestionVersion.objects.filter(pk=version.pk).update(number=9)


@pytest.mark.parametrize(("change", "due_on"), [("wording", date(2027, 1, 5)), ("meaning", None)])
def test_change_of_meaning_restarts_memories_and_wording_does_not(change, due_on):
    question, other = QuestionFactory.create_batch(2)
    memory, elsewhere = knows(question), knows(other)
    services.publish_version(question, change=change, asked=asked("Asked anew"))
    memory.refresh_from_db()
    elsewhere.refresh_from_db()
    assert memory.due_on == due_on
    assert elsewhere.due_on == date(2027, 1, 5)


def test_change_that_fails_leaves_everything():
    question = QuestionFactory.create()
    with pytest.raises(ContentError) as caught:
        services.publish_version(question, change="meaning", asked=asked("", options=("Ask", ""), right=()))
    assert {problem.field for problem in caught.value.problems} == {"prompt", "options.1.text", "right"}
    assert question.versions.count() == 1


def test_another_language_joins_the_current_version():
    question = services.create_question(competency=CompetencyFactory(), asked=asked())
    dutch = asked("Wat doe je eerst?", options=("Vragen", "Offerte", "Demo"), language="nl").words
    services.add_wording(question.current_version, dutch)
    assert question.versions.count() == 1
    assert set(question.current_version.wordings.values_list("language", flat=True)) == {"en", "nl"}


def test_language_that_is_there_gets_a_new_version_with_all_languages():
    question = services.create_question(competency=CompetencyFactory(), asked=asked())
    for prompt in ("Wat doe je eerst?", "Wat doe je als eerste?"):
        dutch = asked(prompt, options=("Vragen", "Offerte", "Demo"), language="nl").words
        services.add_wording(question.current_version, dutch)
    question.refresh_from_db()
    assert (question.current_version.number, question.current_version.change) == (2, "wording")
    prompts = dict(question.current_version.wordings.values_list("language", "prompt"))
    assert prompts == {"en": "What do you do first?", "nl": "Wat doe je als eerste?"}


def test_wording_with_other_answers_is_refused():
    question = services.create_question(competency=CompetencyFactory(), asked=asked())
    with pytest.raises(ContentError):
        services.add_wording(question.current_version, asked("Wat?", options=("Vragen", "Offerte"), language="nl").words)


@pytest.mark.parametrize(
    ("change", "options", "languages"),
    [
        ("wording", ("Ask", "Quote", "Demo now"), {"en", "nl"}),
        ("meaning", ("Ask", "Quote", "Demo"), {"en"}),
        ("wording", ("Ask", "Quote", "Demo", "Call"), {"en"}),
    ],
)
def test_other_languages_go_along_while_they_say_the_same(change, options, languages):
    question = services.create_question(competency=CompetencyFactory(), asked=asked())
    services.add_wording(question.current_version, asked("Wat?", options=("Vragen", "Offerte", "Demo"), language="nl").words)
    services.publish_version(question, change=change, asked=asked("What first?", options=options))
    question.refresh_from_db()
    assert set(question.current_version.wordings.values_list("language", flat=True)) == languages


def test_script_in_every_text_comes_out_harmless():
    content = {"options": [{"id": option, "text": f"{SCRIPT}{option}", "feedback": SCRIPT} for option in "ab"]}
    words = Words("en", f"Prompt {SCRIPT}", content, situation=SCRIPT, explanation=f"<p onclick=x>Why{SCRIPT}</p>", source=SCRIPT)
    question = services.create_question(competency=CompetencyFactory(), asked=Asked("single", {"right": ["a"]}, words))
    wording = question.current_version.wordings.get()
    rich = [
        wording.situation,
        wording.explanation,
        *(option[name] for option in wording.content["options"] for name in ("text", "feedback")),
    ]
    assert not [text for text in rich if "script" in text or "onerror" in text or "onclick" in text]
    assert wording.explanation == "<p>Why</p>"
    # Plain fields are kept as typed: pages escape them.
    assert wording.source == SCRIPT


def test_question_of_another_organization_is_not_filed_here():
    question, foreign = QuestionFactory.create(), CompetencyFactory()
    with pytest.raises(ValueError, match="another organization"):
        services.file_under(question, foreign)


def test_archived_question_leaves_the_bank_and_comes_back():
    question = QuestionFactory.create()
    services.archive_question(question)
    assert not Question.objects.in_use().exists()
    services.restore_question(question)
    assert Question.objects.in_use().get() == question


def test_many_questions_cost_the_statements_of_one(django_assert_num_queries):
    competency = CompetencyFactory()
    new = [services.NewQuestion(competency, asked(f"Question {number}?")) for number in range(40)]
    organization = competency.organization
    with django_assert_num_queries(6):  # savepoint, questions, versions, wordings, current versions, release
        services.write_questions(organization, new[:1])
    with django_assert_num_queries(6):
        services.write_questions(organization, new[1:])


@pytest.mark.parametrize(
    ("typed", "rich"),
    [
        ("One.\n\nTwo\nlines.", "<p>One.</p><p>Two<br>lines.</p>"),
        ("5 < 6 and 7 > 6", "<p>5 &lt; 6 and 7 &gt; 6</p>"),
        ("<p>Some <strong>bold</strong></p>", "<p>Some <strong>bold</strong></p>"),
        ("<script>alert(1)</script>", "<p>&lt;script&gt;alert(1)&lt;/script&gt;</p>"),
        ("", ""),
    ],
)
def test_typed_text_comes_back_as_it_was_typed(typed, rich):
    assert rich_from_typed(typed) == rich
    assert typed_from_rich(rich) == typed
    assert rich_from_typed(typed_from_rich(rich)) == rich


def test_author_may_write_a_tag_as_words():
    rich = "<p>The tag &lt;b&gt; makes bold</p>"
    assert rich_from_typed(typed_from_rich(rich)) == rich


def test_two_authors_make_two_versions():
    question = QuestionFactory.create()
    author = AuthorFactory(organization=question.organization)
    stale = Question.objects.select_related("current_version").get(pk=question.pk)
    services.publish_version(question, change="wording", asked=asked("First"), created_by=author)
    services.publish_version(stale, change="wording", asked=asked("Second"), created_by=author)
    assert list(question.versions.values_list("number", flat=True)) == [3, 2, 1]
