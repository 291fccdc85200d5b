"""The WSGI entry of the web processes."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

from config.logs import watch_uncaught

application = get_wsgi_application()
watch_uncaught()
