"""Addresses of the API, version 1, with its schema and browsable documentation."""

from django.urls import URLPattern, URLResolver

urlpatterns: list[URLPattern | URLResolver] = []
