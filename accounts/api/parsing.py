"""Reads JSON that the database can keep."""

import json
import re

from django.utils.translation import gettext as _
from rest_framework import parsers
from rest_framework.exceptions import ParseError

# PostgreSQL keeps neither the character zero nor half of a surrogate pair.
_NO_TEXT = re.compile("[\x00\ud800-\udfff]")


class StrictJSONParser(parsers.JSONParser):
    def parse(self, stream, media_type=None, parser_context=None):
        """The value in the body, whose size Django has checked (DATA_UPLOAD_MAX_MEMORY_SIZE). Raises ParseError."""
        try:
            value = json.loads(stream.read().decode(), parse_constant=_refuse)
        except (ValueError, RecursionError) as problem:
            raise ParseError(_("The body is not JSON: %(problem)s") % {"problem": problem}) from problem
        if not _is_text_throughout(value):
            raise ParseError(_("A text holds a character that is none."))
        return value


def _refuse(constant: str) -> None:
    raise ValueError(f"{constant} is not a JSON value")


def _is_text_throughout(value) -> bool:
    ahead = [value]
    while ahead:
        one = ahead.pop()
        if isinstance(one, str):
            if _NO_TEXT.search(one):
                return False
        elif isinstance(one, dict):
            ahead.extend(one)
            ahead.extend(one.values())
        elif isinstance(one, list):
            ahead.extend(one)
    return True
