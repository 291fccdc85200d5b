"""Questions from a file: whole or not at all, known again, and nothing changed by a second run."""

import csv
import io
import json
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.urls import reverse
from django.utils import timezone

from reinforcement.importing import services as importing
from reinforcement.importing.services import ImportRejected, Source, State
from reinforcement.models import Competency, Program, Question, QuestionImport
from reinforcement.questions import services
from tests.factories import AuthorFactory, CompetencyFactory, HrFactory, OrganizationFactory, ProgramFactory, QuestionFactory

pytestmark = pytest.mark.django_db

ROWS = [
    ["What do you do first?", "Ask", "Quote", "Demo", "A"],
    ["Which two help?", "Price", "Questions", "Listening", "B;C"],
    ["A demo first saves time.", "True", "False", "", "False"],
]
NAMES = ["question", "a", "b", "c", "answer"]


def as_csv(rows, encoding="utf-8"):
    text = io.StringIO()
    csv.writer(text).writerows(rows)
    return text.getvalue().encode(encoding)


def counts(plan):
    return tuple(plan.count(state) for state in State)


def bring(organization, rows=ROWS, **said):
    return importing.import_questions(organization, Source(as_csv(rows), **said)).plan


def problems_of(organization, data, **said):
    """What the file is refused for; the bank must stay as it was."""
    before = Question.objects.count(), Competency.objects.count()
    with pytest.raises(ImportRejected) as caught:
        importing.import_questions(organization, Source(data, **said))
    assert (Question.objects.count(), Competency.objects.count()) == before
    return [(problem.row, problem.column) for problem in caught.value.plan.problems]


def test_file_without_header_comes_in_and_a_second_run_changes_nothing():
    organization = OrganizationFactory()
    assert counts(bring(organization)) == (3, 0, 0)
    assert [question.current_version.kind for question in Question.objects.order_by("pk")] == ["single", "multiple", "true_false"]
    assert [question.current_version.answer_key["right"] for question in Question.objects.order_by("pk")] == [["a"], ["b", "c"], ["false"]]
    assert counts(bring(organization)) == (0, 0, 3)
    assert set(Question.objects.values_list("versions__number", flat=True)) == {1}


def test_same_file_in_two_organizations_makes_two_banks():
    first, second = OrganizationFactory.create_batch(2)
    bring(first)
    assert counts(bring(second)) == (3, 0, 0)
    assert Question.objects.filter(organization=first).count() == 3


def test_changed_row_makes_a_version_that_keeps_dates_unless_told_otherwise():
    organization = OrganizationFactory()
    bring(organization)
    changed = [[*ROWS[0][:2], "Send a quote", *ROWS[0][3:]], *ROWS[1:]]
    assert counts(bring(organization, changed)) == (0, 1, 2)
    question = Question.objects.get(current_version__number=2)
    assert question.current_version.change == "wording"
    importing.import_questions(organization, Source(as_csv(ROWS)), restarts=True)
    question.refresh_from_db()
    assert (question.current_version.number, question.current_version.change) == (3, "meaning")


def test_restart_tells_those_who_keep_memories(monkeypatch):
    told = []
    monkeypatch.setattr(services, "_when_meaning_changes", [told.append])
    organization = OrganizationFactory()
    bring(organization)
    changed = [[*ROWS[0][:4], "B"], *ROWS[1:]]
    importing.import_questions(organization, Source(as_csv(changed)), restarts=True)
    assert [question.current_version.answer_key for question in told] == [{"right": ["b"]}]


def test_id_knows_a_question_whose_text_was_changed():
    organization = OrganizationFactory()
    names = ["id", *NAMES]
    bring(organization, [names, ["q1", *ROWS[0]]])
    plan = bring(organization, [names, ["q1", "What comes first?", *ROWS[0][1:]], ["q2", *ROWS[0]]])
    assert counts(plan) == (1, 1, 0)
    assert set(Question.objects.values_list("external_id", flat=True)) == {"q1", "q2"}


def test_what_the_file_does_not_hold_stays():
    organization = OrganizationFactory()
    bring(organization)
    question = Question.objects.get(current_version__kind="single")
    words = services.words_of(question.current_version.wordings.get())
    options = [option | {"feedback": f"<p>About {option['id']}</p>"} for option in reversed(words.content["options"])]
    asked = services.Asked(
        "single",
        {"right": ["a"]},
        services.Words(
            "en", words.prompt, {"options": options}, situation="<p>A <b>case</b>.</p>", explanation="<p>Why.</p>", source="Day 2"
        ),
    )
    services.publish_version(question, change="wording", asked=asked)
    dutch = [option | {"text": f"<p>{option['id']}</p>"} for option in options]
    question.refresh_from_db()
    services.add_wording(question.current_version, services.Words("nl", "Wat eerst?", {"options": dutch}))
    bring(organization, [["What do you do first?", "Ask", "Quote now", "Demo", "A"]])
    question.refresh_from_db()
    wordings = {wording.language: wording for wording in question.current_version.wordings.all()}
    english = wordings["en"]
    assert (english.situation, english.explanation, english.source) == ("<p>A <b>case</b>.</p>", "<p>Why.</p>", "Day 2")
    assert english.content["options"] == [
        {"id": "a", "text": "<p>Ask</p>", "feedback": "<p>About a</p>"},
        {"id": "b", "text": "<p>Quote now</p>", "feedback": "<p>About b</p>"},
        {"id": "c", "text": "<p>Demo</p>", "feedback": "<p>About c</p>"},
    ]
    assert set(wordings) == {"en", "nl"}


def test_all_of_the_above_keeps_its_place():
    organization = OrganizationFactory()
    bring(organization, [["Which?", "Price", "Terms", "All of the above", "C"], *ROWS])
    kept = {
        question.current_version.wordings.get().content.get("keep_order")
        for question in Question.objects.filter(current_version__wordings__prompt="Which?")
    }
    assert kept == {True}


def test_competency_comes_from_the_row_then_from_the_import_then_unsorted():
    organization = OrganizationFactory(language="nl")
    known = CompetencyFactory(organization=organization, name="Price")
    CompetencyFactory(name="Price")
    rows = [[*NAMES, "competency"], [*ROWS[0], "price"], [*ROWS[1], "Listening"], [*ROWS[2], ""]]
    plan = bring(organization, rows, competency="Basics")
    assert plan.new_competencies == ("Listening", "Basics")
    assert [question.competency.name for question in Question.objects.order_by("pk")] == ["Price", "Listening", "Basics"]
    assert Question.objects.order_by("pk").first().competency == known
    assert counts(bring(organization, rows, competency="Other")) == (0, 0, 3)


def test_archived_question_comes_back_with_its_file():
    organization = OrganizationFactory()
    bring(organization)
    services.archive_question(Question.objects.first())
    assert counts(bring(organization)) == (0, 1, 2)
    assert Question.objects.in_use().count() == 3


@pytest.mark.parametrize(
    ("data", "found"),
    [
        (as_csv([*ROWS, ["Ragged?", "A"]]), [(4, "3")]),
        (as_csv([*ROWS, ["No answer?", "Yes", "No", "", ""]]), [(4, "5")]),
        (as_csv([*ROWS, ["Wrong letter?", "Yes", "No", "", "D"]]), [(4, "5")]),
        (as_csv([*ROWS, ["x" * 10_000_000, "Yes", "No", "", "A"]]), [(4, "1")]),
        (as_csv([*ROWS, ["what do you  do first", "Yes", "No", "", "A"]]), [(4, "1")]),
        (as_csv([*ROWS, ["", "Yes", "No", "", "A"]]), [(4, "1")]),
        (as_csv([NAMES, ROWS[0], ["Twice?", "Same", "Same", "", "A"]]), [(3, "b")]),
        (b"", [(1, "1")]),
        (b"\x00\x01\x02", [(1, "1")]),
    ],
    ids=["ragged", "no answer", "letter", "10 MB", "duplicate", "no question", "same options", "empty", "binary"],
)
def test_file_that_cannot_be_read_is_refused_by_row_and_column(data, found):
    organization = OrganizationFactory()
    QuestionFactory.create(organization=organization)
    assert problems_of(organization, data) == found


def test_same_id_twice_is_refused():
    rows = [["id", *NAMES], ["q1", *ROWS[0]], ["q1", *ROWS[1]]]
    assert problems_of(OrganizationFactory(), as_csv(rows)) == [(3, "id")]


def test_id_and_text_of_one_question_in_two_rows_are_refused():
    organization = OrganizationFactory()
    bring(organization, [["id", *NAMES], ["q1", *ROWS[0]]])
    rows = [["id", *NAMES], ["q1", "Reworded?", *ROWS[0][1:]], ["", *ROWS[0]]]
    assert problems_of(organization, as_csv(rows)) == [(3, "prompt")]


def test_archived_competency_and_other_language_are_refused():
    organization = OrganizationFactory()
    bring(organization, ROWS[:1])
    CompetencyFactory(organization=organization, name="Old", archived_at=timezone.now())
    rows = [[*NAMES, "competency", "language"], [*ROWS[0], "", "nl"], [*ROWS[1], "Old", "en"]]
    assert problems_of(organization, as_csv(rows)) == [(2, "language"), (3, "competency")]


def test_statements_grow_by_hundreds_of_rows(django_assert_max_num_queries):
    """SQLite takes some 100 rows in one statement, PostgreSQL 500."""
    organization = OrganizationFactory()
    rows = [[f"Question {number}?", "Yes", "No", "", "A"] for number in range(300)]
    with django_assert_max_num_queries(30):
        bring(organization, rows)
    changed = [[prompt, "Yes", "Never", "", "B"] for prompt, *_rest in rows]
    with django_assert_max_num_queries(30):
        assert counts(bring(organization, changed)) == (0, 300, 0)


def test_questions_join_a_draft_program_once():
    organization = OrganizationFactory()
    ProgramFactory(name="Basics")
    for rows in (ROWS, [*ROWS, ["One more?", "Yes", "No", "", "A"]]):
        done = importing.import_questions(organization, Source(as_csv(rows)), program_name="Basics")
    program = Program.objects.get(organization=organization)
    assert (program, program.name, program.state) == (done.program, "Basics", "draft")
    assert [each.question for each in program.program_questions.all()] == list(done.questions)
    assert len(done.questions) == 4


# The command


def run(capsys, path, *arguments):
    try:
        call_command("import_questions", str(path), *arguments, "--json")
        code = 0
    except SystemExit as left:
        code = left.code
    return code, json.loads(capsys.readouterr().out)


def test_command_applies_and_says_so(capsys, tmp_path):
    organization = OrganizationFactory()
    file = tmp_path / "bank.csv"
    file.write_bytes(as_csv(ROWS))
    slug = f"--organization={organization.slug}"
    assert run(capsys, file, slug, "--dry-run")[1]["created"] == 3
    assert not Question.objects.exists()
    arguments = (slug, "--map=prompt=1,options=2-4,answer=5", "--no-header", "--competency=Basics")
    assert run(capsys, file, *arguments) == (0, {"created": 3, "updated": 0, "unchanged": 0, "rejected": []})
    assert run(capsys, file, *arguments) == (0, {"created": 0, "updated": 0, "unchanged": 3, "rejected": []})
    assert Competency.objects.get().name == "Basics"


def test_command_rejects_the_whole_file(capsys, tmp_path):
    organization = OrganizationFactory()
    file = tmp_path / "bank.csv"
    file.write_bytes(as_csv([*ROWS, ["No answer?", "Yes", "No", "", ""]]))
    code, said = run(capsys, file, f"--organization={organization.slug}")
    assert (code, said["created"]) == (2, 0)
    assert said["rejected"] == [{"row": 4, "column": "5", "message": "The answer is missing."}]
    assert not Question.objects.exists()


@pytest.mark.parametrize("argument", ["--format=gift", "--organization=nowhere", "--map=prompt=99", "--map=nonsense"])
def test_command_says_in_a_sentence_what_it_cannot_do(capsys, tmp_path, argument):
    organization = OrganizationFactory()
    file = tmp_path / "bank.csv"
    file.write_bytes(as_csv(ROWS))
    with pytest.raises((CommandError, SystemExit)) as caught:
        call_command("import_questions", str(file), f"--organization={organization.slug}", argument)
    said = str(caught.value) + capsys.readouterr().out
    assert len(said) > 10
    assert (getattr(caught.value, "returncode", None) or caught.value.code) == 2
    assert not Question.objects.exists()


# The pages


@pytest.fixture
def author(client):
    author = AuthorFactory()
    client.force_login(author.user)
    return author


def upload(client, data, name="bank.csv"):
    return client.post(reverse("reinforcement:import_start"), {"file": SimpleUploadedFile(name, data), "competency": ""})


def test_author_looks_at_a_file_and_brings_it_in(client, author):
    checked = upload(client, as_csv(ROWS)).url
    page = client.get(checked)
    assert "Import 3 questions" in page.content.decode()
    assert "Unsorted" in page.content.decode()
    assert not Question.objects.exists()
    assert client.post(f"{checked}apply/", {"program": "x" * 121}).status_code == 422
    applied = client.post(f"{checked}apply/", {"program": "Basics"})
    assert Question.objects.filter(organization=author.organization, created_by=author).count() == 3
    program = Program.objects.get(organization=author.organization)
    assert program.program_questions.count() == 3
    assert applied.url == reverse("reinforcement:program_detail", args=[program.public_id])
    assert not QuestionImport.objects.exists()
    assert client.post(f"{checked}apply/").status_code == 404


def test_import_without_a_program_goes_to_the_bank(client, author):
    checked = upload(client, as_csv(ROWS)).url
    assert client.post(f"{checked}apply/").url == reverse("reinforcement:question_list")


def test_columns_are_said_by_hand(client, author):
    rows = [[prompt, right, *options] for prompt, *options, right in ROWS]
    checked = upload(client, as_csv(rows)).url
    assert client.get(checked).context["plan"].problems
    columns = {"column_0": "prompt", "column_1": "answer", "column_2": "options", "column_3": "options", "column_4": "options"}
    assert client.post(checked, columns | {"column_1": ""}).status_code == 422
    client.post(checked, columns)
    assert counts(client.get(checked).context["plan"]) == (3, 0, 0)


def test_first_row_is_taken_as_names_when_the_author_says_so(client, author):
    checked = upload(client, as_csv([["Some", "other", "names", "than", "known"], *ROWS])).url
    client.post(checked, {"has_header": "on", "column_0": "prompt", "column_4": "answer"})
    plan = client.get(checked).context["plan"]
    assert plan.table.header == ("Some", "other", "names", "than", "known")


def test_file_with_problems_is_not_applied(client, author):
    checked = upload(client, as_csv([*ROWS, ["No answer?", "Yes", "No", "", ""]])).url
    page = client.get(checked).content.decode()
    assert "Row 4, column 5" in page
    assert "Import 3 questions" not in page
    client.post(f"{checked}apply/")
    assert not Question.objects.exists()


def test_file_that_is_no_csv_is_refused_at_its_field(client, author):
    response = upload(client, b"PK", name="bank.docx")
    assert response.status_code == 422
    assert "Save a spreadsheet as XLSX or CSV" in response.content.decode()
    assert not QuestionImport.objects.exists()


def test_file_of_another_author_does_not_exist(client, author):
    checked = upload(client, as_csv(ROWS)).url
    for other in (AuthorFactory(organization=author.organization), AuthorFactory(), HrFactory(organization=author.organization)):
        client.force_login(other.user)
        assert client.get(checked).status_code == 404
        assert client.post(f"{checked}apply/").status_code == 404
        assert client.post(f"{checked}cancel/").status_code == 404
    assert not Question.objects.exists()


def test_file_is_kept_for_a_day(client, author):
    checked = upload(client, as_csv(ROWS)).url
    QuestionImport.objects.update(created_at=timezone.now() - timedelta(hours=25))
    assert client.get(checked).status_code == 404
    upload(client, as_csv(ROWS))
    assert QuestionImport.objects.count() == 1


def test_author_sends_a_file_away(client, author):
    checked = upload(client, as_csv(ROWS)).url
    client.post(f"{checked}cancel/")
    assert not QuestionImport.objects.exists()
    assert not Question.objects.exists()


@pytest.mark.parametrize("row_count", [1, 60])
def test_looking_at_a_file_costs_the_same_however_many_rows(client, author, row_count, django_assert_num_queries):
    checked = upload(client, as_csv([[f"Question {number}?", "Yes", "No", "A"] for number in range(row_count)])).url
    with django_assert_num_queries(4):  # session with its person, file, competencies, questions like these
        client.get(checked)


def test_script_in_a_file_is_shown_as_words(client, author):
    script = "<script>alert(1)</script>"
    rows = [[f"{cell} {script}" for cell in ("Prompt", "One", "Two")] + ["A"]]
    page = client.get(upload(client, as_csv(rows), name=f"{script}.csv").url).content.decode()
    assert script not in page
