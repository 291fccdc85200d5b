"""Wiring only: settings, URLs, Celery and its beat schedule, WSGI."""

from config.celery import app as celery_app

__all__ = ["celery_app"]
