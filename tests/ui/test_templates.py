"""Rules that hold for every template of the project."""

import re
from pathlib import Path

import pytest
from django.conf import settings

from dashboards.homes.navigation import PLACES
from dashboards.ui.views import icon_names

ROOM_FOLDERS = ["templates", "accounts", "reinforcement", "dashboards", "outbox"]
TEMPLATES = sorted(path for folder in ROOM_FOLDERS for path in (settings.BASE_DIR / folder).rglob("*.html"))
PAGES = [path for path in TEMPLATES if not any("mail" in part for part in path.relative_to(settings.BASE_DIR).parts)]
PARTIALS = settings.BASE_DIR / "templates/ui"


def name_of(path: Path) -> str:
    return str(path.relative_to(settings.BASE_DIR))


def included_by(name: str, seen: set[str]) -> set[str]:
    """Names of all templates that `name` extends or includes, also indirectly."""
    if name not in seen:
        seen.add(name)
        text = (settings.BASE_DIR / "templates" / name).read_text()
        for other in re.findall(r'{% (?:include|extends) "([^"]+)"', text):
            included_by(other, seen)
    return seen


def test_templates_are_found():
    assert len(PAGES) > 50


@pytest.mark.parametrize("path", PAGES, ids=name_of)
def test_template_keeps_the_content_security_policy(path):
    text = re.sub(r"{%.*?%}", "", path.read_text())
    assert not re.findall(r"\sstyle=", text), "a style attribute is blocked; use a class or an SVG attribute"
    assert not re.findall(r"\son[a-z]+=", text), "an inline handler is blocked; listen in a script file"
    assert not re.findall(r"<style|javascript:", text)
    assert not [tag for tag in re.findall(r"<script[^>]*>", text) if "src=" not in tag and "json" not in tag]


@pytest.mark.parametrize("path", TEMPLATES, ids=name_of)
def test_template_names_icons_that_the_sprite_holds(path):
    text = path.read_text()
    named = re.findall(r'{% icon "([^"]+)"', text) + re.findall(r'\sicon="([^"]+)"', text)
    assert set(named) <= set(icon_names())


def test_navigation_names_icons_that_the_sprite_holds():
    assert {place.icon for place in PLACES} <= set(icon_names())


def test_every_partial_stands_on_the_style_page():
    shown = included_by("dashboards/style_page.html", set())
    assert {f"ui/{path.name}" for path in PARTIALS.glob("*.html")} <= shown


@pytest.mark.parametrize("path", sorted(PARTIALS.glob("*.html")), ids=name_of)
def test_partial_says_what_it_takes(path):
    assert re.search(r"{% comment %} \S.+ {% endcomment %}", path.read_text())
