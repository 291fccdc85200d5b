"""Kinds whose answer is typed or arranged, in a real browser: by finger, by keyboard, and for who hears the page."""

import os

import pytest
from playwright.sync_api import expect

from reinforcement.models import Answer
from tests.e2e.asking import EVERY_DAY, make_seller
from tests.e2e.browsing import PHONE, assert_accessible, press, tap
from tests.factories import AuthorFactory, CompetencyFactory, DailySetFactory, ProgramFactory, QuestionFactory, enroll, put_in
from tests.reinforcement.asking import address

TYPING = {"heeds_case": False, "forgives_slips": True}
LONG_CHOICE = "lawyer who reads every line of the contract twice and asks again"
KINDS = {
    "short_text": (
        "What do you ask for before you name a price?",
        {
            "answers": [
                {"id": "a", "text": "budget", "credit": 100, "feedback": "<p>Yes.</p>"},
                {"id": "b", "text": "money", "credit": 50, "feedback": "<p>Say whose.</p>"},
            ]
        },
        TYPING,
    ),
    "numeric": (
        "A discount of 10 % on a margin of 40 %: how much more must be sold for the same profit?",
        {"unit": "%", "feedback": {"a": ""}},
        {"answers": [{"id": "a", "value": "33.3", "tolerance": "1", "credit": 100}]},
    ),
    "gap": (
        "Complete the sentence.",
        {
            "text": "The [[1]] signs, the [[2]] lives with it.",
            "gaps": [
                {"id": "1", "accepted": ["buyer"], "others": []},
                {"id": "2", "accepted": ["user"], "others": [LONG_CHOICE, "seller"]},
            ],
        },
        TYPING,
    ),
    "ordering": (
        "In which order do you go through the first talk?",
        {
            "items": [
                {"id": "a", "text": "<p>Ask what brought them here</p>"},
                {"id": "b", "text": "<p>Sum up what you heard</p>"},
                {"id": "c", "text": "<p>Agree on the next step</p>"},
            ]
        },
        {"order": ["a", "b", "c"]},
    ),
    "matching": (
        "Who asks what?",
        {
            "things": [{"id": "a", "text": "<p>Finance</p>"}, {"id": "b", "text": "<p>Operations</p>"}],
            "matches": [
                {"id": "a", "text": "<p>When does it pay back?</p>"},
                {"id": "b", "text": "<p>Who trains my people?</p>"},
                {"id": "c", "text": "<p>Is it blue?</p>"},
            ],
        },
        {"pairs": {"a": "a", "b": "b"}},
    ),
}


@pytest.fixture
def ask():
    """Gives a seller of an organization one question of the kind today."""

    def asked(name):
        seller = make_seller()
        prompt, content, key = KINDS[name]
        question = QuestionFactory.create(kind=name, prompt=prompt, content=content, answer_key=key, organization=seller.organization)
        program = ProgramFactory(organization=seller.organization, weekdays=EVERY_DAY)
        put_in(program, question)
        enroll(program, seller)
        daily_set = DailySetFactory(member=seller, questions=[question], program=program)
        return seller, daily_set.items.get()

    return asked


def photograph(page, name):
    """For who looks at the pages: SCREENSHOTS names a directory."""
    if directory := os.environ.get("KIND_SCREENSHOTS"):
        page.screenshot(path=f"{directory}/{name}-{page.viewport_size['width']}.png", full_page=True)


def opened(page, sign_in, ask, name):
    seller, item = ask(name)
    sign_in(page, seller)
    page.goto(address(item))
    photograph(page, name)
    assert_accessible(page)
    return seller


def check(page, name, verdict="Right"):
    press(page, "Check")
    expect(page.get_by_role("heading", level=1)).to_have_text(verdict)
    photograph(page, f"{name}-checked")
    assert_accessible(page)


def test_word_is_typed_and_a_slip_is_forgiven(device, sign_in, ask):
    opened(device, sign_in, ask, "short_text")
    device.get_by_label("Your answer").fill("Budgte")
    device.get_by_label("Your answer").press("Enter")
    expect(device.get_by_role("heading", level=1)).to_have_text("Right")
    photograph(device, "short_text-checked")
    assert_accessible(device)


def test_number_is_typed_with_its_unit_and_the_right_one_is_shown(device, sign_in, ask):
    opened(device, sign_in, ask, "numeric")
    device.get_by_label("Your answer, in %").fill("10 %")
    check(device, "numeric", "Not yet")
    expect(device.get_by_text("33.3 % (from 32.3 to 34.3 counts)")).to_be_visible()


def test_gaps_are_typed_and_chosen(device, sign_in, ask):
    opened(device, sign_in, ask, "gap")
    device.get_by_label("Gap 1").fill("seller")
    device.get_by_label("Gap 2").select_option("user")
    check(device, "gap", "Partly right")


def test_pairs_are_chosen(device, sign_in, ask):
    opened(device, sign_in, ask, "matching")
    device.get_by_label("Finance").select_option("When does it pay back?")
    device.get_by_label("Operations").select_option("Is it blue?")
    check(device, "matching", "Partly right")


def order_of(page):
    return page.locator("[data-item] input[name=answer]").evaluate_all("found => found.map(each => each.value)")


def test_items_are_moved_by_buttons_that_say_where_they_went(device, sign_in, ask):
    opened(device, sign_in, ask, "ordering")
    while order_of(device) != ["c", "b", "a"]:
        place = next(place for place, item in enumerate(order_of(device)) if item != "cba"[place])
        wanted = device.locator("[data-item]").nth(order_of(device).index("cba"[place]))
        tap(wanted.get_by_role("button", name="Move up"))
    item = "Ask what brought them here"
    for place in (2, 1):
        tap(device.get_by_role("button", name=f"Move up: {item}"))
        expect(device.locator("[data-arranged]")).to_have_text(f"{item} is number {place} of 3 now.")
    tap(device.get_by_role("button", name="Move up: Sum up what you heard"))
    assert order_of(device) == ["a", "b", "c"]
    check(device, "ordering")


def test_items_are_moved_by_keyboard_and_the_focus_stays_with_them(desk, sign_in, ask):
    opened(desk, sign_in, ask, "ordering")
    first = order_of(desk)[0]
    words = desk.locator("[data-item]").first.locator("[data-words]").inner_text()
    desk.get_by_role("button", name=f"Move down: {words}").focus()
    desk.keyboard.press("Enter")
    desk.keyboard.press("Enter")
    assert order_of(desk)[2] == first
    expect(desk.get_by_role("button", name=f"Move up: {words}")).to_be_focused()
    expect(desk.locator("[data-arranged]")).to_have_text(f"{words} is number 3 of 3 now.")


def test_items_are_dragged(desk, sign_in, ask):
    opened(desk, sign_in, ask, "ordering")
    desk.wait_for_function("() => window.Sortable")
    before = order_of(desk)
    top, bottom = (desk.locator("[data-item]").nth(place).bounding_box() for place in (0, 2))
    desk.mouse.move(top["x"] + 40, top["y"] + 20)
    desk.mouse.down()
    # As a hand does, past one item after the other: while they glide to their places no other change is made.
    for step in range(10):
        desk.mouse.move(bottom["x"] + 40, top["y"] + 20 + (bottom["y"] + bottom["height"] / 2 - top["y"]) * (step + 1) / 10)
        desk.wait_for_timeout(60)
    desk.mouse.up()
    expect(desk.locator("[data-arranged]")).to_contain_text("is number 3 of 3 now.")
    assert order_of(desk) == [*before[1:], before[0]]


def test_without_script_places_are_chosen(open_page, sign_in, ask):
    page = open_page(PHONE, java_script_enabled=False)
    seller, item = ask("ordering")
    sign_in(page, seller)
    page.goto(address(item))
    for letter, place in (("a", "1"), ("b", "2"), ("c", "3")):
        page.locator(f"select[name=place-{letter}]").select_option(place)
    press(page, "Check")
    expect(page.get_by_role("heading", level=1)).to_have_text("Right")
    assert Answer.objects.get().response == {"order": ["a", "b", "c"]}


@pytest.mark.parametrize("name", KINDS)
def test_author_opens_each_kind_and_sees_it_on_the_phone(device, sign_in, name):
    author = AuthorFactory()
    prompt, content, key = KINDS[name]
    competency = CompetencyFactory(organization=author.organization)
    question = QuestionFactory.create(
        kind=name, prompt=prompt, content=content, answer_key=key, organization=author.organization, competency=competency
    )
    sign_in(device, author)
    device.goto(f"/questions/{question.public_id}/")
    photograph(device, f"{name}-editor")
    assert_accessible(device)
    device.goto(f"/questions/{question.public_id}/nl/")
    assert_accessible(device)


def test_author_changes_the_kind_and_keeps_what_fits(desk, sign_in):
    author = AuthorFactory()
    CompetencyFactory(organization=author.organization)
    sign_in(desk, author)
    desk.goto("/questions/new/")
    desk.get_by_label("Answer A", exact=True).fill("budget")
    desk.get_by_label("Kind", exact=True).select_option("Short answer, typed")
    expect(desk.get_by_label("Answer 1", exact=True)).to_have_value("budget")
    desk.get_by_role("button", name="Add a line").click()
    expect(desk.get_by_label("Answer 4", exact=True)).to_be_visible()
    desk.get_by_label("Kind", exact=True).select_option("Fill the gaps")
    desk.locator("#gaps").fill("The [[buyer]] signs.")
    expect(desk.locator("#phone .gap-field")).to_have_count(1)
