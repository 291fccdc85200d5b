"""An author writes, brings and plans questions, until a seller answers one of them."""

import csv
import io

import pytest
from django.core.management import call_command
from playwright.sync_api import expect

from reinforcement.daily import services as daily
from reinforcement.models import Answer, Program, Question
from tests.e2e.asking import EVERY_DAY, give_set, make_seller, option
from tests.e2e.browsing import DESK, PHONE, assert_accessible, press, tap
from tests.factories import AuthorFactory, CompetencyFactory, SellerFactory

STEPS = ["plan", "price", "place", "promotion", "research", "segment", "target", "position", "product", "brand"]
OPTIONS = ["Ask who decides.", "Lower the price.", "Send a brochure.", "Wait for a call."]


@pytest.fixture
def author():
    return AuthorFactory(name="Joris Bakker", working_days=EVERY_DAY)


def rows_of_a_bank(count=20):
    """Rows as trainers have them: no header, the question with its blank, four answers, the letter of the right one."""
    return [[f"________ comes first in a {STEPS[n % 10]}, part {n // 10 + 1}:", *OPTIONS, "ABCD"[n % 4]] for n in range(count)]


def as_csv(rows) -> bytes:
    file = io.StringIO(newline="")
    csv.writer(file).writerows(rows)
    return file.getvalue().encode()


def load(page, content: bytes) -> None:
    page.goto("/questions/import/")
    page.get_by_label("File", exact=True).set_input_files({"name": "bank.csv", "mimeType": "text/csv", "buffer": content})
    press(page, "Look at the file")


def write_question(page) -> None:
    page.get_by_label("Situation").fill("Van Loon Logistics saw your demo last week.")
    page.get_by_label("Question", exact=True).fill("They say that you are expensive. What first?")
    page.get_by_label("Answer A", exact=True).fill("Ask what it costs them today")
    page.get_by_label("Answer B", exact=True).fill("Send the quote")
    press(page, "Remove answer C")
    expect(page.get_by_label("Answer C", exact=True)).to_have_count(0)


def test_author_writes_a_question_and_sees_it_on_the_phone(device, sign_in, author):
    CompetencyFactory(organization=author.organization, name="Value and price")
    sign_in(device, author)
    device.goto("/questions/new/")
    write_question(device)
    preview = device.locator("#phone")
    expect(preview.get_by_text("They say that you are expensive. What first?")).to_be_visible()
    expect(preview.get_by_text("Send the quote")).to_be_visible()
    assert_accessible(device)

    tap(device.get_by_role("button", name="Add to the bank").last)  # a phone has it again at the end
    expect(device.get_by_text("Not published yet. Each field below says what it needs.")).to_be_visible()
    expect(device.get_by_label("Competency")).to_have_attribute("aria-invalid", "true")
    expect(device.get_by_text("Choose what the question counts for.")).to_be_visible()
    assert_accessible(device)
    assert not Question.objects.exists()

    device.get_by_label("Competency").select_option(label="Value and price")
    device.get_by_role("radio", name="Answer A is right").check()
    tap(device.get_by_role("button", name="Add to the bank").last)  # a phone has it again at the end
    expect(device.get_by_text("The question is in the bank.")).to_be_visible()
    assert_accessible(device)

    press(device, "Answer it yourself", "link")
    tap(option(device, "Ask what it costs them today"))
    press(device, "Check")
    expect(device.get_by_role("heading", level=1)).to_have_text("Right")
    assert_accessible(device)


def test_author_without_script_writes_a_question(open_page, sign_in, author):
    CompetencyFactory(organization=author.organization, name="Value and price")
    page = open_page(DESK, java_script_enabled=False)
    sign_in(page, author)
    page.goto("/questions/new/")
    write_question(page)
    press(page, "Preview")
    expect(page.locator("#phone").get_by_text("Send the quote")).to_be_visible()
    page.get_by_label("Competency").select_option(label="Value and price")
    page.get_by_role("radio", name="Answer A is right").check()
    press(page, "Add to the bank")
    expect(page.get_by_text("The question is in the bank.")).to_be_visible()


@pytest.mark.parametrize(("said", "due_again"), [("Wording only, keep their dates", False), ("The meaning, start again", True)])
def test_author_says_what_changed_in_a_question_that_was_answered(desk, sign_in, author, said, due_again):
    seller = make_seller(organization=author.organization)
    give_set(seller)
    item = daily.items_to_answer(seller).order_by("position").first()
    daily.answer(seller, item, {"chosen": ["a"]})
    sign_in(desk, author)
    desk.goto(f"/questions/{item.question.public_id}/")
    expect(desk.get_by_text("1 person has answered this question.")).to_be_visible()
    desk.get_by_label("Question", exact=True).fill("They call you expensive. What do you do first?")
    press(desk, "Publish version 2")
    expect(desk.get_by_text("Choose one, so that people who answered keep their dates or start again.")).to_be_visible()
    assert_accessible(desk)
    desk.get_by_text(said, exact=True).click()
    press(desk, "Publish version 2")
    expect(desk.get_by_text("Version 2 is published.")).to_be_visible()
    assert_accessible(desk)
    question = Question.objects.get(pk=item.question_id)
    assert question.current_version.number == 2
    assert question.current_version.change == ("meaning" if due_again else "wording")


def test_questions_of_a_file_reach_a_seller(desk, open_page, sign_in, author):
    """The main job, end to end: a file, a program, a morning, an answer."""
    seller = SellerFactory(organization=author.organization, name="Sanne de Wit", working_days=EVERY_DAY)
    sign_in(desk, author)
    load(desk, as_csv(rows_of_a_bank()))
    expect(desk.get_by_role("heading", level=1)).to_have_text("20 new, 0 changed, 0 unchanged")
    desk.get_by_text("What each column holds").click()
    expect(desk.locator("[name=column_0]")).to_have_value("prompt")
    expect(desk.locator("[name=column_4]")).to_have_value("options")
    expect(desk.locator("[name=column_5]")).to_have_value("answer")
    assert_accessible(desk)
    desk.get_by_label("The first row names the columns").check()
    press(desk, "Read the file like this")
    expect(desk.get_by_role("heading", level=1)).not_to_contain_text("20 new")
    if not desk.get_by_label("The first row names the columns").is_visible():
        desk.get_by_text("What each column holds").click()
    desk.get_by_label("The first row names the columns").uncheck()
    press(desk, "Read the file like this")
    expect(desk.get_by_role("heading", level=1)).to_have_text("20 new, 0 changed, 0 unchanged")
    assert not Question.objects.exists()

    desk.get_by_label("Put them into a program").fill("First talks")
    press(desk, "Import 20 questions")
    expect(desk.get_by_text("20 new questions.")).to_be_visible()
    assert_accessible(desk)

    press(desk, "Programs", "link")
    desk.get_by_role("link", name="First talks").click()
    assert_accessible(desk)
    press(desk, "Launch")
    expect(desk.get_by_text("Not launched.")).to_be_visible()
    assert_accessible(desk)
    desk.goto(f"/programs/{Program.objects.get().public_id}/audience/")
    desk.get_by_label("Name of a seller").fill("Sanne")
    press(desk, "Search")
    desk.get_by_role("checkbox", name="Sanne de Wit").check()
    expect(desk.get_by_text("That is 1 seller today.")).to_be_visible()
    assert_accessible(desk)
    press(desk, "Save who takes part")
    desk.goto(f"/programs/{Program.objects.get().public_id}/edit/")
    for weekday in ("Saturday", "Sunday"):
        desk.get_by_role("checkbox", name=weekday).check()
    assert_accessible(desk)
    press(desk, "Save")
    expect(desk.get_by_text("Saved.")).to_be_visible()
    press(desk, "Launch")
    asked = desk.get_by_role("dialog", name="Launch this program?")
    expect(asked).to_contain_text("Launching starts it for 1 person.")
    assert_accessible(desk)
    asked.get_by_role("button", name="Launch").click()
    expect(desk.get_by_text("The program is launched. First questions on")).to_be_visible()
    assert_accessible(desk)

    call_command("run_daily")
    phone = open_page(PHONE)
    sign_in(phone, seller)
    phone.goto("/")
    prompt, *_options, letter = rows_of_a_bank()[0]
    expect(phone.get_by_role("heading", level=1)).to_have_text(prompt)
    tap(option(phone, OPTIONS["ABCD".index(letter)]))
    press(phone, "Check")
    expect(phone.get_by_role("heading", level=1)).to_have_text("Right")
    assert_accessible(phone)
    assert Answer.objects.get().member == seller


def test_author_plans_a_program_from_the_bank(device, sign_in, author):
    CompetencyFactory(organization=author.organization)
    make_seller(organization=author.organization)
    sign_in(device, author)
    load(device, as_csv(rows_of_a_bank(4)))
    press(device, "Import 4 questions")
    expect(device.get_by_text("4 new questions.")).to_be_visible()
    device.goto("/programs/")
    assert_accessible(device)
    press(device, "Plan a program", "link")
    device.get_by_label("Name").fill("First talks")
    device.get_by_label("New questions a day").fill("9")
    press(device, "Save the draft")
    expect(device.get_by_text("That is more than the 3 questions a day at most.")).to_be_visible()
    assert_accessible(device)
    device.get_by_label("New questions a day").fill("2")
    press(device, "Save the draft")
    expect(device.get_by_role("heading", level=1)).to_have_text("4 questions to choose from")
    assert_accessible(device)
    device.get_by_role("checkbox", name="in a plan").check()
    device.get_by_role("checkbox", name="in a price").check()
    press(device, "Add what is ticked")
    expect(device.get_by_text("2 questions added.")).to_be_visible()
    lines = device.locator("#questions li")
    first = lines.first.text_content()
    tap(lines.first.get_by_role("button", name="Move down"))
    expect(lines.last.get_by_role("button", name="Move up")).to_be_enabled()
    expect(lines.last).to_contain_text(first.split("comes first in a")[1][:6])
    assert_accessible(device)


def test_bad_file_of_questions_is_refused_whole_with_row_and_column(device, sign_in, author):
    rows = rows_of_a_bank(5)
    rows[1][5] = "F"
    rows[3][5] = ""
    rows[4][0] = rows[0][0]
    sign_in(device, author)
    load(device, as_csv(rows))
    expect(device.get_by_role("heading", level=1)).to_contain_text("Nothing is imported yet.")
    for place in ("Row 2, column ", "Row 4, column ", "Row 5, column "):
        expect(device.get_by_text(place).first).to_be_visible()
    expect(device.get_by_role("button", name="Import")).to_have_count(0)
    assert_accessible(device)
    press(device, "Cancel")
    expect(device.get_by_text("The file is gone. Nothing was changed.")).to_be_visible()
    assert not Question.objects.exists()


def test_file_in_another_encoding_is_read_with_a_note_and_may_be_read_otherwise(device, sign_in, author):
    sign_in(device, author)
    load(device, "Wat is de prijs van één jaar?,Hoog,Laag,A\n".encode("cp850"))
    expect(device.get_by_role("heading", name="Wat is de prijs van ‚‚n jaar?")).to_be_visible()  # noqa: RUF001
    expect(device.get_by_text("The file is not UTF-8.")).to_be_visible()
    assert_accessible(device)
    device.get_by_text("Read as CSV").click()
    device.get_by_label("Encoding").select_option("Western (DOS)")
    press(device, "Read it as this")
    expect(device.get_by_role("heading", name="Wat is de prijs van één jaar?")).to_be_visible()
    assert_accessible(device)


def test_author_keeps_the_tree_of_competencies(device, sign_in, author):
    CompetencyFactory(organization=author.organization, name="Questioning")
    sign_in(device, author)
    device.goto("/competencies/")
    assert_accessible(device)
    device.goto("/competencies/new/")
    device.get_by_label("Name").fill("Listening")
    assert_accessible(device)
    device.locator("main form button").first.click()
    expect(device.get_by_role("link", name="Listening")).to_be_visible()
