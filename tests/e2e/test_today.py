"""Today in a real browser: keyboard, focus, the back button, no script, what it weighs, and axe."""

from datetime import timedelta
from pathlib import Path

import brotli
import pytest
from django.conf import settings
from django.urls import reverse
from django.utils import timezone

from reinforcement.daily import links
from reinforcement.models import Answer, OptionShares
from tests.factories import OPTIONS, DailySetFactory, QuestionFactory, SellerFactory
from tests.reinforcement.asking import address, answer_all, items_of, signed_in

pytestmark = pytest.mark.django_db(transaction=True)
TODAY = reverse("reinforcement:today")
AXE = settings.BASE_DIR / "node_modules/axe-core/axe.min.js"


@pytest.fixture
def page_of(browser, live_server):
    """Opens a page for a member, or for nobody; console errors fail the test at its end."""
    contexts, errors = [], []

    def open_page(member=None, width=360, theme="light", **options):
        context = browser.new_context(viewport={"width": width, "height": 760}, color_scheme=theme, base_url=live_server.url, **options)
        contexts.append(context)
        if member is not None:
            session = signed_in(member).cookies[settings.SESSION_COOKIE_NAME].value
            context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": live_server.url}])
        page = context.new_page()
        page.on(
            "console", lambda said: errors.append(said.text) if said.type == "error" and "the server responded" not in said.text else None
        )
        page.on("pageerror", lambda error: errors.append(str(error)))
        return page

    yield open_page
    for context in contexts:
        for page in context.pages:
            page.goto("about:blank")
        context.close()
    assert not errors


@pytest.fixture
def daily_set():
    member = SellerFactory(name="Amira Kaya", working_days=127)
    several = QuestionFactory(organization=member.organization, kind="multiple", right=["a", "c"])
    OptionShares.objects.create(
        organization=member.organization,
        version=several.current_version,
        people=34,
        chosen={"a": 24, "b": 11, "c": 18},
        counted_at=timezone.now(),
    )
    return DailySetFactory(member=member, questions=[several, *QuestionFactory.create_batch(2, organization=member.organization)])


def test_a_whole_set_is_answered_by_keyboard_alone(page_of, daily_set):
    page = page_of(daily_set.member, width=1280)
    page.goto(TODAY)
    for number, keys in enumerate(("13", "1", "2"), 1):
        page.wait_for_selector("[data-ask]")
        assert page.title() == f"Question {number} of 3 · Feedforward"
        for key in keys:
            page.keyboard.press(key)
        page.keyboard.press("Enter")
        page.wait_for_selector("[data-verdict]")
        page.wait_for_function("() => document.activeElement.matches('.verdict')")
        assert page.url.endswith(address(items_of(daily_set)[number - 1]))
        assert page.title().endswith(f"question {number} of 3 · Feedforward")
        page.keyboard.press("Enter")
    page.wait_for_selector("text=Done for today.")
    assert Answer.objects.count() == 3


def test_a_bold_word_of_an_answer_stays_on_its_line(page_of):
    member = SellerFactory(working_days=127)
    bold = {**OPTIONS, "options": [option | {"text": "<b>Ask</b> first"} for option in OPTIONS["options"]]}
    DailySetFactory(member=member, questions=[QuestionFactory(organization=member.organization, content=bold)])
    page = page_of(member)
    page.goto(TODAY)
    answers = page.locator(".answer .prose")
    one_line = answers.first.evaluate("answer => parseFloat(getComputedStyle(answer).lineHeight)")
    assert [round(box["height"] / one_line) for box in (answer.bounding_box() for answer in answers.all())] == [1, 1, 1]


def test_the_question_mark_shows_the_keys_and_a_member_can_turn_them_off(page_of, daily_set):
    page = page_of(daily_set.member, width=1280)
    page.goto(TODAY)
    page.wait_for_selector("[data-keys]:not([hidden])")
    page.keyboard.press("?")
    assert page.is_visible("dialog#keys")
    page.keyboard.press("1")
    page.keyboard.press("Escape")
    assert page.locator("input[name=answer]:checked").count() == 0
    daily_set.member.uses_shortcuts = False
    daily_set.member.save()
    page.goto(TODAY)
    page.keyboard.press("1")
    page.keyboard.press("?")
    assert page.locator("input[name=answer]:checked").count() == 0
    assert page.locator("dialog").count() == 0


def test_the_back_button_never_asks_again_what_was_answered(page_of, daily_set):
    page = page_of(daily_set.member)
    page.goto(TODAY)
    page.locator("label.answer").first.click()
    page.click("text=Check")
    page.wait_for_selector("[data-verdict]")
    page.go_back()
    page.wait_for_selector("[data-ask]")
    assert page.inner_text("h1") == items_of(daily_set)[1].wording.prompt
    page.go_forward()
    page.wait_for_selector("[data-verdict]")
    assert Answer.objects.count() == 1


def test_an_empty_answer_is_told_at_the_field(page_of, daily_set):
    page = page_of(daily_set.member)
    page.goto(TODAY)
    page.click("text=Think so")
    page.click("text=Check")
    page.wait_for_selector("#answer-error")
    assert page.is_checked("input[value=think]")
    assert page.url.endswith(TODAY)


def test_a_set_is_answered_from_the_mail_without_a_script_or_a_sign_in(page_of, daily_set):
    page = page_of(java_script_enabled=False)
    page.goto(links.link_to(daily_set.public_id, choose="a").removeprefix(settings.SITE_URL))
    assert page.is_checked("input[value=a]")
    for _question in range(3):
        # Not a press: that would take away the one that the mail ticked, where it comes first.
        page.locator("label.answer input").nth(0).check()
        page.click("text=Check")
        page.locator(".ask-foot a").click()
    assert page.is_visible("text=Done for today.")
    assert Answer.objects.count() == 3


def test_the_question_weighs_little(page_of, daily_set):
    page = page_of(daily_set.member)
    loaded = []
    page.on("response", lambda response: loaded.append(response))
    page.goto(TODAY, wait_until="networkidle")
    weights = {response.url: _weight(response) for response in loaded}
    assert len(weights) <= 9, list(weights)
    assert sum(weights.values()) <= 90_000
    assert sum(weight for url, weight in weights.items() if url.endswith(".js")) <= 25_000


def _weight(response) -> int:
    body = response.body()
    return len(body) if response.url.endswith(".woff2") else len(brotli.compress(body))


def check(page, name):
    """No finding of axe, and nothing that scrolls sideways."""
    found = page.evaluate(Path(AXE).read_text() + ";axe.run(document)")["violations"]
    assert not [(name, finding["id"], finding["nodes"][0]["html"]) for finding in found]
    assert page.evaluate("() => document.documentElement.scrollWidth <= innerWidth"), name


# Each width and each theme; the other two pairs in the full figures.
@pytest.mark.parametrize(
    ("width", "theme"),
    [
        (320, "dark"),
        (1280, "light"),
        pytest.param(320, "light", marks=pytest.mark.full),
        pytest.param(1280, "dark", marks=pytest.mark.full),
    ],
)
def test_axe_finds_nothing_on_any_page_of_today(page_of, daily_set, width, theme):
    member, reader = daily_set.member, SellerFactory(organization=daily_set.organization)
    ended = DailySetFactory(member=SellerFactory(organization=daily_set.organization), prepared_at=timezone.now() - timedelta(days=20))
    items = items_of(daily_set)

    def look(name, route, who=None):
        page = page_of(who, width=width, theme=theme, reduced_motion="reduce")
        page.goto(route)
        check(page, name)

    look("question", TODAY, member)
    look("nothing today", TODAY, reader)
    look("closed", address(items_of(ended)[0]), ended.member)
    look("link of another", reverse("reinforcement:link", args=[links.token_of(daily_set.public_id)]), reader)
    look("link unknown", reverse("reinforcement:link", args=["x"]))
    look("link ended", reverse("reinforcement:link", args=[links.token_of(ended.public_id)]))
    answer_all(daily_set, ["a"])
    look("partly", address(items[0]), member)
    look("right", address(items[1]), member)
    look("done", TODAY, member)
    look("done by link", reverse("reinforcement:link", args=[links.token_of(daily_set.public_id)]))
    wrong = DailySetFactory(member=reader)
    answer_all(wrong, ["b"])
    look("not yet", address(items_of(wrong)[0]), reader)
