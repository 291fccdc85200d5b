"""Cursor paging: pages stay right while rows are added."""

from rest_framework.pagination import CursorPagination


class CursorPaging(CursorPagination):
    page_size = 50
    max_page_size = 200
    page_size_query_param = "page_size"
    ordering = "-pk"
