"""What all tests share."""

import os

# Playwright runs an event loop in the thread of the test; the tests' own queries are meant.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
