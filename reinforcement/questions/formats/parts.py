"""Which part of a question in a text a problem of its kind is about."""


def part_of(field: str) -> str:
    """The part for a path into content or key: "answer 3" for `options.2.text`, "answers" where it is about all of them."""
    _list, *path = field.split(".")
    return f"answer {int(path[0]) + 1}" if path and path[0].isdigit() else "answers"
