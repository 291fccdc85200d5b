"""The WSGI entry of the web processes."""

import gc
import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

application = get_wsgi_application()

# A request makes some ten thousand objects, nearly all of which die by themselves: with Python's default the search for circles among
# them, and among the loaded code, takes a tenth of the time of an answer.
gc.freeze()
gc.set_threshold(10_000, 20, 20)
