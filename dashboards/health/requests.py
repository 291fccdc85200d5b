"""Counts requests and their time, by view. Names of views only: no address, no person, no organization."""

import time

from prometheus_client import CollectorRegistry, Counter, Histogram

# Of our own, so that nothing is published that nobody chose.
REGISTRY = CollectorRegistry()
REQUESTS = Counter("feedforward_requests", "Requests answered, by view and class of status.", ["view", "status"], registry=REGISTRY)
SECONDS = Histogram(
    "feedforward_request_seconds",
    "Seconds until a request was answered, by view.",
    ["view"],
    registry=REGISTRY,
    buckets=(0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10),
)


class RequestMetricsMiddleware:
    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        started = time.perf_counter()
        response = self.get_response(request)
        view = view_of(request)
        SECONDS.labels(view).observe(time.perf_counter() - started)
        REQUESTS.labels(view, f"{response.status_code // 100}xx").inc()
        return response


def view_of(request) -> str:
    """The name of the view that answered; its route where it has no name; "none" where no view was reached."""
    match = request.resolver_match
    return (match.view_name or match.route) if match else "none"
