"""Which part of a question in a text a problem of its kind is about."""

from django.utils.translation import gettext as _


def part_of(field: str) -> str:
    """The part for a path into content or key: "answer 3" for `options.2.text`, "answers" where it is about all of them."""
    _list, *path = field.split(".")
    if path and path[0].isdigit():
        return _("answer %(number)d") % {"number": int(path[0]) + 1}
    return "answers"
