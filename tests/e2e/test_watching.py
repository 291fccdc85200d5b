"""The nets of these tests catch what they are there for."""

import pytest

from tests.e2e.browsing import PHONE, Watch, assert_accessible

HEADERS = {"Content-Type": "text/html; charset=utf-8", "Content-Security-Policy": "default-src 'none'; script-src 'self'; img-src *"}


@pytest.fixture
def show(browser, live_server):
    """Shows HTML under our CSP; gives the page and its watch."""
    context = browser.new_context(base_url=live_server.url, viewport=PHONE)
    watch = Watch(context, live_server.url)
    page = context.new_page()

    def shown(body):
        html = f'<!doctype html><html lang="en"><head><title>Broken</title></head><body><main>{body}</main></body></html>'
        page.route("**/broken/", lambda route: route.fulfill(body=html, headers=HEADERS))
        page.goto("/broken/", wait_until="networkidle")
        return page, watch

    yield shown
    context.close()


@pytest.mark.parametrize(
    ("body", "trouble"),
    [
        ("<script>alert(1)</script>", "Content Security Policy"),
        ('<p style="color: red">Styled in line</p>', "Content Security Policy"),
        ('<img src="http://elsewhere.invalid/pixel.png" alt="">', "request to another host"),
        ('<img src="/static/there-is-no-such-file.png" alt="">', "404 for"),
    ],
)
def test_watch_notes_what_no_page_may_do(show, body, trouble):
    _page, watch = show(body)
    assert any(trouble in noted for noted in watch.troubles), watch.troubles


@pytest.mark.parametrize(
    ("body", "complaint"),
    [
        ('<font color="#bbbbbb">Too pale to read</font>', "color-contrast"),
        ("<img src='data:,'>", "image-alt"),
        ("<input>", "label"),
        ("<pre>A line that is far too long to fit on the screen of any phone that people carry with them</pre>", "scrolls sideways"),
    ],
)
def test_accessible_page_is_told_from_a_broken_one(show, body, complaint):
    page, _watch = show(body)
    with pytest.raises(AssertionError, match=complaint):
        assert_accessible(page)
    page, _watch = show("<h1>Sound</h1>")
    assert_accessible(page)
