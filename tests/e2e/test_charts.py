"""Charts are drawn by plotly.js under our content security policy, in the theme of the reader, and on no seller's page."""

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.browsing import DESK, PHONE, assert_fits

MAP = "Value and price needs the most practice, as a chart"
LINES = "Value and price rose from 40 % to 65 % in three weeks"


@pytest.fixture
def charts(open_page, settings):
    """Opens the style page and waits until its charts are drawn. That nothing was blocked is seen at the end of each test."""
    settings.DEMO = True

    def opened(size=DESK, query="", **options) -> Page:
        page = open_page(size, **options)
        page.goto(f"/ui/{query}")
        for plot in page.locator("[data-figure]:visible").all():
            plot.scroll_into_view_if_needed()
            expect(plot.locator("svg.main-svg").first).to_be_visible()
        return page

    return opened


def colour_of(page: Page, token: str) -> str:
    """The colour of a design token as the browser computes it now."""
    return page.evaluate(
        """token => {
            const probe = document.body.appendChild(document.createElement('span'));
            probe.style.color = `var(${token})`;
            const colour = getComputedStyle(probe).color;
            probe.remove();
            return colour;
        }""",
        token,
    )


def line_colours(page: Page) -> set[str]:
    lines = page.get_by_role("img", name=LINES).locator(".scatterlayer path.js-line")
    return set(lines.evaluate_all("paths => paths.map(path => getComputedStyle(path).stroke)"))


def test_charts_are_drawn_with_their_cells_lines_and_words(charts):
    page = charts()
    heat_map = page.get_by_role("img", name=MAP)
    expect(heat_map.locator(".heatmaplayer image")).to_have_count(3)
    expect(heat_map.locator(".heatmap-label")).to_have_count(20)
    expect(heat_map.locator(".shapelayer path")).to_have_count(1)
    expect(heat_map.get_by_text("Noor Haddad")).to_be_visible()
    lines = page.get_by_role("img", name=LINES)
    expect(lines.locator(".scatterlayer path.js-line")).to_have_count(4)
    expect(lines.locator(".annotation")).to_have_count(4)
    assert line_colours(page) == {colour_of(page, "--accent"), colour_of(page, "--line-strong")}


def test_charts_have_no_word_that_sticks_out(charts):
    for size in (DESK, PHONE):
        page = charts(size)
        out = page.locator("[data-figure]:visible").evaluate_all(
            """plots => plots.flatMap(plot => {
                const room = plot.getBoundingClientRect();
                return [...plot.querySelectorAll('text')].filter(text => {
                    const place = text.getBoundingClientRect();
                    return place.width && (place.left < room.left - 1 || place.right > room.right + 1);
                }).map(text => text.textContent);
            })"""
        )
        assert not out, f"at {size['width']} px"
        assert_fits(page)


def test_charts_follow_the_device_and_the_chosen_theme(charts):
    page = charts(color_scheme="light")
    light = line_colours(page)
    for change in (
        lambda: page.emulate_media(color_scheme="dark"),
        lambda: page.evaluate("() => document.documentElement.dataset.theme = 'light'"),
    ):
        before = line_colours(page)
        change()
        expect(page.get_by_role("img", name=LINES).locator(".js-line").last).to_have_css("stroke", colour_of(page, "--accent"))
        assert line_colours(page) == {colour_of(page, "--accent"), colour_of(page, "--line-strong")}
        assert line_colours(page).isdisjoint(before)
    assert line_colours(page) == light


def test_map_is_not_drawn_on_a_phone(charts):
    page = charts(PHONE)
    expect(page.get_by_role("img", name=MAP)).to_have_count(0)
    expect(page.locator(".heatmaplayer")).to_have_count(0)


def test_chart_names_only_the_chosen_line_on_a_phone(charts):
    page = charts(PHONE)
    lines = page.get_by_role("img", name=LINES)
    expect(lines.locator(".annotation")).to_have_count(1)
    expect(lines.locator(".annotation")).to_have_text("Value and price")


def test_chart_fits_again_when_the_window_changes(charts):
    page = charts()
    lines = page.get_by_role("img", name=LINES)
    page.set_viewport_size(PHONE)
    expect(lines.locator(".annotation")).to_have_count(1)
    assert_fits(page)


def test_chart_that_could_not_be_loaded_leaves_its_table(open_page, settings):
    settings.DEMO = True
    page = open_page()
    page.route("**/plotly.min.js", lambda route: route.abort())
    page.goto("/ui/")
    page.locator("#lines-sample").scroll_into_view_if_needed()
    expect(page.get_by_role("table", name="Value and price by week")).to_be_visible()
    expect(page.get_by_role("img", name=LINES)).to_be_hidden()


def test_paper_shows_the_table_of_a_chart_that_is_not_drawn_yet(open_page, settings):
    settings.DEMO = True
    page = open_page()
    page.route("**/plotly.min.js", lambda route: None)
    page.goto("/ui/")
    table = page.get_by_role("table", name="Value and price by week")
    expect(table).to_be_hidden()
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    expect(table).to_be_visible()
    expect(page.locator("#lines-sample [data-figure]")).to_be_hidden()
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    expect(page.locator("#lines-sample [data-figure]")).to_be_visible()


def test_chart_without_script_gives_way_to_its_table(open_page, settings):
    settings.DEMO = True
    page = open_page(java_script_enabled=False)
    page.goto("/ui/")
    expect(page.get_by_role("img", name=LINES)).to_be_hidden()
    page.locator("#lines-sample summary").click()
    expect(page.get_by_role("table", name="Value and price by week")).to_be_visible()
