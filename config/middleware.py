"""What every request gets before a room sees it: an id for the logs, and a host name where a machine asks by number."""

import re
import uuid

from django.conf import settings

from config import logs

# An id that the proxy made; anything else could smuggle text into the logs.
_GIVEN = re.compile(r"[0-9a-f-]{16,64}")
# Balancers and Prometheus call each process by its address in the inner network, which ALLOWED_HOSTS does not know.
MACHINE_PATHS = frozenset({"/healthz", "/readyz", "/metrics"})


class RequestIdMiddleware:
    """Sets `request.id`, taken from X-Request-ID or made, and answers with it: the lines of proxy, web and application meet in it."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        given = request.headers.get("X-Request-ID", "")
        request.id = given if _GIVEN.fullmatch(given) else uuid.uuid4().hex
        token = logs.request_in_hand.set(request)
        try:
            response = self.get_response(request)
        finally:
            logs.request_in_hand.reset(token)
        response["X-Request-ID"] = request.id
        return response


class MachineHostMiddleware:
    """Pages for machines answer under any host name: they build no address from it."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        if request.path in MACHINE_PATHS:
            request.META["HTTP_HOST"] = settings.ALLOWED_HOSTS[0].lstrip(".")
        return self.get_response(request)
