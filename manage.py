#!/usr/bin/env python
"""Django's command line for this project. What is wrong with the environment is said in one sentence, without a traceback."""

import os
import sys

import django
from django.core.exceptions import ImproperlyConfigured
from django.core.management import execute_from_command_line

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    try:
        # Read before anything else: without settings Django would call our commands unknown.
        django.setup()
        execute_from_command_line(sys.argv)
    except ImproperlyConfigured as problem:
        sys.exit(str(problem))
