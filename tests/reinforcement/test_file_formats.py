"""Files of every format in and out of the bank, through page and command: found out, shown, applied, unchanged the second time."""

import io
import json

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.urls import reverse

from reinforcement.importing import services as importing
from reinforcement.importing.comparing import State
from reinforcement.importing.encodings import decoded
from reinforcement.importing.reading import FORMATS, Source, format_of
from reinforcement.importing.services import ImportRejected
from reinforcement.importing.writing import FORMATS as WRITTEN
from reinforcement.importing.writing import as_file_question
from reinforcement.models import Question, QuestionImport
from reinforcement.questions import queries
from reinforcement.questions.formats.table_writing import write_xlsx
from tests.factories import AuthorFactory, CompetencyFactory, HrFactory, OrganizationFactory, QuestionFactory
from tests.reinforcement.questions.moodle_bank import SAMPLE

pytestmark = pytest.mark.django_db
TABLE = [
    ["question", "a", "b", "answer"],
    ["Wat vraag je één keer?", "De prijs", "Het doel", "B"],
    ["Eerst een demo.", "Waar", "Niet waar", "niet waar"],
]
CSV = "\r\n".join(",".join(row) for row in TABLE).encode()
GIFT = b"""// A bank of ours
$CATEGORY: $course$/top/Questioning

::First::What do you ask first? {=Who decides? ~What is the budget?#Too early. ####Start with people.}

What do you call your best way out? {=BATNA =%50%fallback}

How many per cent is 30 of 250? {#12:0.5}

Match. {=Finance -> payback =Operations -> training}
"""
AIKEN = b"Who signs?\nA. The buyer\nB. The user\nANSWER: A\n"
FILES = {"csv": CSV, "xlsx": write_xlsx(TABLE), "gift": GIFT, "aiken": AIKEN, "moodlexml": SAMPLE.encode()}


@pytest.fixture
def author(client):
    author = AuthorFactory()
    client.force_login(author.user)
    return author


def upload(client, data, name="bank.txt"):
    return client.post(reverse("reinforcement:import_start"), {"file": SimpleUploadedFile(name, data), "competency": ""})


@pytest.mark.parametrize("name", FORMATS)
@pytest.mark.parametrize("file_name", ["bank.txt", "bank"])
def test_format_is_found_out_from_what_the_file_holds(name, file_name):
    assert format_of(FILES[name], file_name) == name


@pytest.mark.parametrize("name", FORMATS)
def test_file_is_shown_then_applied_whole_and_changes_nothing_the_second_time(client, author, name):
    for expected in (True, False):
        waiting = upload(client, FILES[name]).url
        page = client.get(waiting).content.decode()
        assert f"Read as {FORMATS[name]}" in page
        assert ("import-card" in page) is True
        assert ('form="apply"' in page) is expected
        before = list(Question.objects.order_by("pk").values_list("pk", "current_version"))
        client.post(waiting + "apply/")
        after = list(Question.objects.order_by("pk").values_list("pk", "current_version"))
        assert (after != before) is expected
    assert Question.objects.filter(organization=author.organization).count() == Question.objects.count() > 0
    if name == "gift":
        kinds = list(Question.objects.order_by("pk").values_list("current_version__kind", "competency__name"))
        assert kinds == [(kind, "Questioning") for kind in ("single", "short_text", "numeric", "matching")]


@pytest.mark.parametrize("name", FORMATS)
def test_command_brings_each_format(name, tmp_path):
    organization = OrganizationFactory()
    file = tmp_path / "bank.dat"
    file.write_bytes(FILES[name])
    said = io.StringIO()
    call_command("import_questions", str(file), organization=organization.slug, json=True, stdout=said)
    result = json.loads(said.getvalue())
    assert (result["created"] > 0, result["updated"], result["rejected"]) == (True, 0, [])


def test_same_prompt_twice_means_two_questions_and_each_is_known_again():
    organization = OrganizationFactory()
    data = b"Who signs? {=buyer ~user}\n\nWho signs? {=buyer =the buyer}\n\nWho signs? {=buyer ~user}\n"
    for expected in ((3, 0, 0), (0, 0, 3)):
        plan = importing.import_questions(organization, Source(data)).plan
        assert tuple(plan.count(state) for state in State) == expected
    changed = data.replace(b"=the buyer", b"=the purchaser")
    assert [entry.state for entry in importing.plan_import(organization, Source(changed)).entries] == ["unchanged", "changed", "unchanged"]


def test_feedback_of_a_file_that_has_it_counts_and_of_a_table_stays():
    organization = OrganizationFactory()
    importing.import_questions(organization, Source(b"Who signs? {=buyer#Yes. ~user#No.}"))
    question = Question.objects.get()

    def feedback():
        question.refresh_from_db()
        wording = question.current_version.wordings.get()
        return [option["feedback"] for option in wording.content["options"]]

    importing.import_questions(organization, Source(b"question,a,b,answer\nWho signs?,buyer,user,A"))
    assert feedback() == ["<p>Yes.</p>", "<p>No.</p>"]
    importing.import_questions(organization, Source(b"Who signs? {=buyer#Sure. ~user}"))
    assert feedback() == ["<p>Sure.</p>", ""]


def test_what_cannot_be_asked_is_left_out_with_its_line_and_hinders_nothing(client, author):
    waiting = upload(client, b"Essay?{}\n\nWho signs? {=buyer ~user}\n").url
    page = client.get(waiting).content.decode()
    assert "1 thing to know" in page
    assert "Line 1" in page
    client.post(waiting + "apply/")
    assert Question.objects.count() == 1


@pytest.mark.parametrize(
    "data",
    [b"Who signs? {=buyer ~user", b"Who? {~a ~b}\n\nWho signs? {=buyer ~user}", b"<quiz><question", b"Essay?{}", b"PK\x03\x04broken"],
)
def test_nothing_is_applied_where_something_is_wrong(data):
    organization = OrganizationFactory()
    with pytest.raises(ImportRejected) as caught:
        importing.import_questions(organization, Source(data))
    assert all(problem.row and problem.message for problem in caught.value.plan.problems)
    assert not Question.objects.exists()


def test_other_encodings_are_guessed_said_and_can_be_chosen(client, author):
    waiting = upload(client, CSV.decode().encode("cp1252"), "bank.csv").url
    page = client.get(waiting).content.decode()
    assert "Wat vraag je één keer?" in page
    assert "The file is not UTF-8." in page
    client.post(waiting + "read-as/", {"file_format": "csv", "encoding": "cp850"})
    page = client.get(waiting).content.decode()
    assert "Wat vraag je één keer?" not in page
    assert "The file is not UTF-8." not in page
    client.post(waiting + "read-as/", {"file_format": "csv", "encoding": "cp1252"})
    client.post(waiting + "apply/")
    assert Question.objects.order_by("pk")[0].current_version.wordings.get().prompt == "Wat vraag je één keer?"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_text_is_the_same_however_it_is_written(encoding):
    found = decoded("één € 12".encode(encoding))
    assert (found.text, found.is_guess) == ("één € 12", encoding == "cp1252")


def test_format_may_be_said_and_an_unknown_one_is_refused(client, author):
    waiting = upload(client, b"{=a ~b}", "bank.csv").url
    assert client.post(waiting + "read-as/", {"file_format": "docx"}).status_code == 422
    client.post(waiting + "read-as/", {"file_format": "gift"})
    assert QuestionImport.objects.get().format == "gift"
    assert "Read as GIFT" in client.get(waiting).content.decode()


@pytest.mark.parametrize("name", WRITTEN)
def test_bank_is_taken_out_and_brought_back_unchanged(client, author, name):
    upload_url = upload(client, SAMPLE.encode()).url
    client.post(upload_url + "apply/")
    other = QuestionFactory.create(prompt="Of another organization?")
    QuestionFactory.create(organization=author.organization, prompt="Archived?", archived_at=other.created_at)
    response = client.get(reverse("reinforcement:question_export", args=[name]))
    assert response.status_code == 200
    assert "Of another organization?" not in response.content.decode("utf-8", "replace")
    assert "Archived?" not in response.content.decode("utf-8", "replace")
    plan = importing.plan_import(author.organization, Source(response.content))
    # GIFT has no gaps: one in a text comes back as a question for a word, with another prompt.
    gaps = author.organization.questions.filter(current_version__kind="gap").count() if name == "gift" else 0
    assert plan.problems == ()
    assert plan.count(State.NEW) <= gaps
    if name in {"gift", "moodlexml"}:
        assert plan.count(State.CHANGED) == 0
    left_out = int(response["Content-Disposition"].partition("without-")[2].partition(".")[0] or 0)
    assert len(plan.entries) + left_out == author.organization.questions.in_use().count()


def test_export_of_a_competency_holds_what_stands_under_it_and_readers_may_take_it(client):
    reader = HrFactory()
    above = CompetencyFactory(organization=reader.organization)
    below = CompetencyFactory(organization=reader.organization, parent=above)
    QuestionFactory.create(organization=reader.organization, competency=below, prompt="Below?")
    QuestionFactory.create(organization=reader.organization, prompt="Elsewhere?")
    client.force_login(reader.user)
    address = reverse("reinforcement:question_export", args=["csv"])
    text = client.get(address, {"competency": str(above.public_id)}).content.decode()
    assert ("Below?" in text, "Elsewhere?" in text) == (True, False)
    for wrong in ("x", str(CompetencyFactory().public_id)):
        assert client.get(address, {"competency": wrong}).status_code == 404
    assert client.get(reverse("reinforcement:question_export", args=["docx"])).status_code == 404


def test_file_question_is_the_current_version_in_its_language():
    question = QuestionFactory.create()
    question = queries.with_wordings(Question.objects.select_related("competency", "current_version")).get(pk=question.pk)
    found = as_file_question(question, "nl")
    assert (found.language, found.kind, found.competency) == ("en", "single", question.competency.name)
