"""What the pages of the documentation for each role show and name: pictures that are made by the tests, pages that open to the role."""

import re
from html import unescape
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client

from tests.factories import AuthorFactory, HrFactory, LeadershipFactory, OwnerFactory, SellerFactory, make_line

ROOT = Path(settings.BASE_DIR)
DOCS = ROOT / "docs"
PICTURE = re.compile(r"!\[([^\]]*)\]\(([^)\s]+\.(?:png|webp|svg|jpg))\)")
PAGE_LINE = re.compile(r"^\| ([^|]+) \| `(/[^`]*)` \| ([^|]+) \|$", re.MULTILINE)
MOST_BYTES = 120_000
ROLES = {
    "sellers": [SellerFactory],
    "managers": [lambda: make_line()[0]],
    "authors": [AuthorFactory],
    "owners": [OwnerFactory],
    "hr": [HrFactory, LeadershipFactory],
}


def pictures(path: Path) -> list[tuple[str, Path]]:
    return [(alt, (path.parent / place).resolve()) for alt, place in PICTURE.findall(path.read_text())]


def shown() -> dict[Path, str]:
    return {picture: alt for path in [ROOT / "README.md", *DOCS.glob("*.md")] for alt, picture in pictures(path)}


def test_every_picture_is_there_is_small_and_says_what_it_shows():
    for picture, alt in shown().items():
        assert picture.is_file(), picture
        assert picture.stat().st_size <= MOST_BYTES, picture
        assert len(alt.split()) >= 5, f"{picture.name} needs a text that says what is to be seen: {alt!r}"


def test_every_picture_is_made_by_the_tests_and_none_lies_there_unseen():
    made = set(re.findall(r'photograph\(\w+, "([\w-]+)"\)', (ROOT / "tests/e2e/test_screenshots.py").read_text()))
    assert {picture.stem for picture in shown()} == made
    assert {path.stem for path in (DOCS / "images").iterdir()} == made


@pytest.mark.parametrize("name", ROLES)
def test_page_of_a_role_shows_it_once_at_least(name):
    assert pictures(DOCS / f"{name}.md")


@pytest.mark.parametrize("name", ROLES)
def test_pages_that_a_role_reads_about_open_to_that_role(name, db):
    lines = PAGE_LINE.findall((DOCS / f"{name}.md").read_text())
    assert lines
    for make in ROLES[name]:
        member = make()
        client = Client()
        client.force_login(member.user)
        for title, address, whom in lines:
            if not is_for(member, whom):
                continue
            response = client.get(address)
            assert response.status_code == 200, f"{address} answers {response.status_code} to {name}"
            assert title.lower() in unescape(response.content.decode()).lower(), f"{address} is not called {title}"


def is_for(member, whom: str) -> bool:
    """The page for HR and leadership says to whom each of its pages is open."""
    named = {role for role in ("HR", "leadership") if role in whom}
    return not named or ("HR" in named and member.is_hr) or ("leadership" in named and member.is_leadership)
