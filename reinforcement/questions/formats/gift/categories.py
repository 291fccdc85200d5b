"""The path of a category in GIFT: its last part is the competency."""

_ROOT = "$course$/top/"
# No character of any text, as the stand-ins of signs.py.
_SLASH = "\ufdd8"


def competency_of(path: str) -> str:
    """The name at the end of a path such as `$course$/top/Selling/Price`; two slashes are one in a name. Empty at the root."""
    parts = [part.strip().replace(_SLASH, "/") for part in path.replace(_SLASH, "").replace("//", _SLASH).split("/")]
    if parts[0].startswith("$") and parts[0].endswith("$"):
        parts = parts[2:] if parts[1:2] == ["top"] else parts[1:]
    return " ".join(next((part for part in reversed(parts) if part), "").split())


def category_line(competency: str) -> str:
    """The line from which the questions after it have `competency`."""
    name = " ".join(competency.split()).replace("/", "//")
    # The space tells the slash before the name from those in it.
    return f"$CATEGORY: {_ROOT}{' ' if name.startswith('/') else ''}{name}"
