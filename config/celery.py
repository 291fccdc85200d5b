"""The Celery application. Its tasks lie in each room's `tasks` module."""

import logging
import os

from celery import Celery
from celery.signals import setup_logging

from config import broker

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

broker.use_for_redis()
app = Celery("feedforward")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@setup_logging.connect
def _write_the_lines_of_the_project(loglevel, **_options):
    """Workers and beat log as the settings say; `--loglevel` decides how much Celery says of itself."""
    from config import logs

    logging.getLogger("celery").setLevel(loglevel)
    logs.watch_uncaught()
