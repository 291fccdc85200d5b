"""The WSGI entry of the web processes."""

import gc
import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

from config.logs import watch_uncaught

application = get_wsgi_application()
watch_uncaught()

# A request makes some ten thousand objects, nearly all of which die by themselves: with Python's default the search for circles among
# them, and among the loaded code, takes a tenth of the time of an answer.
gc.freeze()
gc.set_threshold(10_000, 20, 20)
