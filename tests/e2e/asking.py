"""What the journeys press on the pages of Today, and the questions they meet there."""

from playwright.sync_api import Locator, Page, expect

from tests.e2e.browsing import press, tap
from tests.factories import OPTIONS, DailySetFactory, ProgramFactory, QuestionFactory, SellerFactory, enroll, put_in

ASK, QUOTE, DEMO = (option["text"] for option in OPTIONS["options"])
EVERY_DAY = 127
CASES = ["They say that you are expensive. What first?", "Which two belong in the first talk?", "They ask for a demo. What first?"]


def make_seller(**columns):
    """A seller whose sets come on any day of the week, so that a journey may be made on a Sunday."""
    return SellerFactory(name="Sanne de Wit", working_days=EVERY_DAY, **columns)


def give_set(member, **columns):
    """Today's set: one right answer, two right answers, one right answer."""
    common = {"organization": member.organization}
    questions = [
        QuestionFactory.create(prompt=CASES[0], **common),
        QuestionFactory.create(prompt=CASES[1], kind="multiple", right=("a", "b"), **common),
        QuestionFactory.create(prompt=CASES[2], **common),
    ]
    # A program of weekdays would move a date that falls on a weekend.
    program = ProgramFactory(weekdays=EVERY_DAY, **common)
    put_in(program, *questions)
    enroll(program, member)
    return DailySetFactory(member=member, questions=questions, program=program, **columns)


def option(page: Page, text: str) -> Locator:
    """The row of an answer; people press the row, not its circle."""
    return page.locator("label.answer", has_text=text)


def choose(page: Page, *texts: str) -> None:
    for text in texts:
        row = option(page, text)
        tap(row)
        expect(row.locator("input")).to_be_checked()


def check(page: Page, *texts: str) -> None:
    """Chooses these answers and has them checked."""
    choose(page, *texts)
    press(page, "Check")


def expect_question(page: Page, prompt: str) -> None:
    expect(page.get_by_role("heading", level=1)).to_have_text(prompt)


def expect_verdict(page: Page, word: str) -> None:
    expect(page.get_by_role("heading", level=1)).to_have_text(word)
