"""What every request and response gets beside what rooms do: an id for the logs, a host name where a machine asks by number, a policy."""

import re
import uuid
from functools import cached_property

from csp.constants import HEADER
from csp.middleware import CheckableLazyObject, CSPMiddleware
from csp.utils import build_policy
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


class ContentSecurityPolicyMiddleware(CSPMiddleware):
    """django-csp's, which writes the policy anew for each response: the one of a response without changes or nonce is written once."""

    def process_response(self, request, response):
        is_changed = any(name.startswith("_csp") for name in (*vars(request), *vars(response)))
        if is_changed or settings.DEBUG or HEADER in response:
            return super().process_response(request, response)
        response[HEADER] = self._policy
        # From here on a nonce would come too late, as django-csp says where it is asked for.
        request.csp_nonce = CheckableLazyObject(self._csp_nonce_post_response)
        return response

    @cached_property
    def _policy(self) -> str:
        return build_policy()
