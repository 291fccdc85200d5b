"""Whether the process is up, and whether the installation can work. For load balancers and operators; nothing secret."""

from django.http import Http404, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from prometheus_client import CONTENT_TYPE_LATEST

from dashboards.health import checks, prometheus


@never_cache
@require_safe
def healthz(request):
    """200 as long as the process answers; asks neither database nor broker."""
    return JsonResponse({"status": "ok"})


@never_cache
@require_safe
def readyz(request):
    """200 when every dependency is ready, else 503; one entry per dependency."""
    dependencies = checks.readiness()
    is_ready = all(state == "ok" for state in dependencies.values())
    answer = {"status": "ok" if is_ready else "unavailable", "dependencies": dependencies}
    return JsonResponse(answer, status=200 if is_ready else 503)


@never_cache
@require_safe
def metrics(request):
    """Prometheus' text format for whoever shows METRICS_TOKEN; for everybody else there is nothing here."""
    if not prometheus.may_scrape(request.headers.get("Authorization", "")):
        raise Http404
    return HttpResponse(prometheus.exposition(), content_type=CONTENT_TYPE_LATEST)
