"""The path of a category in GIFT: its last part is the competency."""

from reinforcement.questions.formats.gift.signs import SLASH_STAND_IN

_ROOT = "$course$/top/"


def competency_of(path: str) -> str:
    """The name at the end of a path such as `$course$/top/Selling/Price`; two slashes are one in a name. Empty at the root."""
    parts = [part.strip().replace(SLASH_STAND_IN, "/") for part in path.replace("//", SLASH_STAND_IN).split("/")]
    if parts[0].startswith("$") and parts[0].endswith("$"):
        parts = parts[2:] if parts[1:2] == ["top"] else parts[1:]
    return " ".join(next((part for part in reversed(parts) if part), "").split())


def category_line(competency: str) -> str:
    """The line from which the questions after it have `competency`."""
    name = " ".join(competency.split()).replace("/", "//")
    # The space tells the slash before the name from those in it.
    return f"$CATEGORY: {_ROOT}{' ' if name.startswith('/') else ''}{name}"
