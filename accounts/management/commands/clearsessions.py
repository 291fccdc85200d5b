"""Django's own command; the app it comes with is not installed, as sessions have a table of ours."""

from django.contrib.sessions.management.commands.clearsessions import Command

__all__ = ["Command"]
