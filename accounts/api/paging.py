"""Cursor paging: pages stay right while rows are added."""

from typing import Any

from rest_framework.exceptions import NotFound
from rest_framework.pagination import CursorPagination

# What fits into a big integer on every database.
LONGEST_POSITION = 18


class CursorPaging(CursorPagination):
    page_size = 50
    max_page_size = 200
    page_size_query_param = "page_size"
    ordering = "-pk"

    def decode_cursor(self, request):
        """The cursor of the request, or None. Its position is a primary key: anything else was made up and is a 404."""
        cursor = super().decode_cursor(request)
        position: Any = cursor.position if cursor is not None else None
        if position is not None and not (position.isascii() and position.isdigit() and len(position) <= LONGEST_POSITION):
            raise NotFound(self.invalid_cursor_message)
        return cursor
