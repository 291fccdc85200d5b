"""Rules that hold for every style sheet of the project."""

import re
from pathlib import Path

import pytest
from django.conf import settings

SHEETS = sorted((settings.BASE_DIR / "static/css").glob("*.css"))
PHYSICAL = re.compile(
    r"^\s*(?:(?:margin|padding|border|scroll-margin|scroll-padding)-(?:left|right|top|bottom)\S*"
    r"|left|right|top|bottom|(?:min-|max-)?(?:width|height)|float)\s*:"
    r"|text-align:\s*(?:left|right)",
    re.MULTILINE,
)


def without_comments(path: Path) -> str:
    return re.sub(r"/\*.*?\*/", "", path.read_text(), flags=re.DOTALL)


@pytest.mark.parametrize("path", SHEETS, ids=lambda path: path.stem)
def test_sheet_has_no_physical_direction(path):
    assert not [found.group().strip() for found in PHYSICAL.finditer(without_comments(path))]


@pytest.mark.parametrize("path", SHEETS, ids=lambda path: path.stem)
def test_sheet_takes_its_colours_from_the_tokens(path):
    if path.stem != "tokens":
        assert not re.findall(r"#[0-9a-f]{3,8}\b|rgba?\(|hsla?\(", without_comments(path))


def test_every_custom_property_that_is_used_is_defined():
    text = "".join(without_comments(path) for path in SHEETS)
    defined = set(re.findall(r"(--[\w-]+)\s*:", text))
    assert set(re.findall(r"var\((--[\w-]+)", text)) <= defined


def test_every_sheet_is_part_of_a_page():
    from scripts import assets

    joined = [part for parts in assets.STYLE_SHEETS.values() for part in parts]
    assert sorted(joined) == [path.stem for path in SHEETS]
