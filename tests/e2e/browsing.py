"""How the tests use a browser: what a page must never do, and what an accessible page is."""

import functools
from pathlib import Path
from urllib.parse import urlsplit

from playwright.sync_api import BrowserContext, Locator, Page

ROOT = Path(__file__).resolve().parent.parent.parent
AXE = ROOT / "node_modules/axe-core/axe.min.js"
AXE_TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]

PHONE = {"width": 360, "height": 780}
DESK = {"width": 1280, "height": 800}
NARROW = {"width": 320, "height": 720}

# The browser's own report of each 4xx (whether that is wrong is judged by what was asked for), and htmx saying that a request
# gave way to a newer one, as the author's preview does while somebody types.
HARMLESS = ("Failed to load resource", "htmx:sendAbort", "htmx:afterRequest")


class Watch:
    """Notes what no page may do: say an error in the console (a breach of the CSP is one), ask another host, miss a file, break."""

    def __init__(self, context: BrowserContext, origin: str):
        self.origin = origin
        self.troubles: list[str] = []
        context.on("console", self._read_console)
        context.on("weberror", lambda failure: self.troubles.append(f"script error: {failure.error}"))
        context.on("request", self._read_request)
        context.on("response", self._read_response)

    def _read_console(self, message) -> None:
        if message.type == "error" and not message.text.startswith(HARMLESS):
            self.troubles.append(f"console: {message.text}")

    def _read_request(self, request) -> None:
        parts = urlsplit(request.url)
        if parts.scheme not in {"data", "blob", "about"} and f"{parts.scheme}://{parts.netloc}" != self.origin:
            self.troubles.append(f"request to another host: {request.url}")

    def _read_response(self, response) -> None:
        is_page = response.request.resource_type in {"document", "xhr", "fetch"}
        if response.status >= (500 if is_page else 400):
            self.troubles.append(f"{response.status} for {response.url}")


@functools.cache
def axe_source() -> str:
    assert AXE.exists(), "axe-core is missing: `make setup` brings it."
    return AXE.read_text()


def assert_accessible(page: Page) -> None:
    """No violation that axe finds, in light and in dark at 320 px, and no sideways scroll there or at the page's own width."""
    assert_fits(page)
    size = page.viewport_size
    page.set_viewport_size(NARROW)
    assert_fits(page)
    # The whole page at once: a fixed bar must not lie over what would be scrolled from under it.
    page.set_viewport_size(NARROW | {"height": max(NARROW["height"], page.evaluate("() => document.documentElement.scrollHeight"))})
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        assert_no_violations(page, f"{scheme}, 320 px")
    page.emulate_media(color_scheme="light")
    page.set_viewport_size(size)


def assert_no_violations(page: Page, seen_in: str) -> None:
    # The strict CSP refuses an added script tag, so the source is evaluated.
    if page.evaluate("() => !window.axe"):
        page.evaluate(axe_source())
    found = page.evaluate("tags => axe.run(document, {runOnly: {type: 'tag', values: tags}, resultTypes: ['violations']})", AXE_TAGS)
    lines = [
        f"{violation['id']}: {violation['help']}\n    {node['html'][:200]}\n    {node['failureSummary']}"
        for violation in found["violations"]
        for node in violation["nodes"]
    ]
    assert not lines, f"{page.url} in {seen_in}:\n" + "\n".join(lines)


def assert_fits(page: Page) -> None:
    """The page does not scroll sideways; the message names what sticks out."""
    out = page.evaluate(
        """() => {
            const root = document.documentElement;
            if (root.scrollWidth <= root.clientWidth) return null;
            const wide = [...document.querySelectorAll('body *')].filter(e => e.getBoundingClientRect().right > root.clientWidth + 1);
            return [root.scrollWidth, ...wide.slice(-5).map(e => e.outerHTML.slice(0, 160))];
        }"""
    )
    assert out is None, f"{page.url} scrolls sideways at {page.viewport_size['width']} px: {out}"


def tap(found: Locator) -> None:
    """Taps on a phone and clicks at a desk."""
    if found.page.viewport_size == PHONE:
        found.tap()
    else:
        found.click()


def press(page: Page, name: str, role: str = "button") -> None:
    """Taps or clicks what has exactly this name."""
    tap(page.get_by_role(role, name=name, exact=True))
