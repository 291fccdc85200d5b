"""The style page shows every component; here each is looked at by axe, in both themes and both directions."""

import pytest
from playwright.sync_api import expect

from tests.e2e.browsing import DESK, NARROW, PHONE, assert_fits, assert_no_violations


@pytest.mark.parametrize("direction", ["ltr", "rtl"])
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_style_page_is_accessible(desk, settings, theme, direction):
    settings.DEMO = True
    desk.goto(f"/ui/?theme={theme}&dir={direction}")
    expect(desk.locator("html")).to_have_attribute("data-theme", theme)
    expect(desk.locator("html")).to_have_attribute("dir", direction)
    for size in (DESK, {"width": 768, "height": 1024}, PHONE, NARROW):
        desk.set_viewport_size(size)
        assert_fits(desk)
    assert_no_violations(desk, f"{theme}, {direction}")


def test_style_page_dialog_opens_and_closes(desk, settings):
    settings.DEMO = True
    desk.goto("/ui/")
    opener = desk.locator("[data-opens]").first
    opener.click()
    dialog = desk.get_by_role("dialog")
    expect(dialog).to_be_visible()
    assert_no_violations(desk, "with a dialog open")
    desk.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
