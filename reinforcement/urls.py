"""Addresses of the room: today, questions, programs, learning progress."""

from django.urls import URLPattern, URLResolver

urlpatterns: list[URLPattern | URLResolver] = []
