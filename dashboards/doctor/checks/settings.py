"""What the environment says."""

from email.utils import parseaddr
from urllib.parse import urlsplit

from django.conf import settings
from django.core.checks import run_checks
from django.core.checks.security.base import check_secret_key
from django.http.request import validate_host

from dashboards.doctor.findings import Finding, counted, ok, problem, warning


def secret_key() -> Finding:
    if check_secret_key(None):
        return problem("The signing key can be guessed.", "Set SECRET_KEY to a random text of at least 50 characters.")
    if settings.SECRET_KEY_FALLBACKS:
        count = counted(len(settings.SECRET_KEY_FALLBACKS), "earlier key")
        return warning(f"{count} can still sign.", "Take SECRET_KEY_FALLBACKS away 30 days after the change of the key.")
    return ok("The signing key is long and random.")


def modes() -> Finding:
    on = [name for name in ("DEBUG", "DEMO", "TESTING") if getattr(settings, name)]
    if on:
        return problem(f"{', '.join(on)} is on: doors are open that are meant for one machine only.", f"Take {', '.join(on)} away.")
    return ok("DEBUG, DEMO and TESTING are off.")


def site_address() -> Finding:
    parts = urlsplit(settings.SITE_URL)
    if parts.scheme != "https":
        return problem("The address in mails is not https.", "Set SITE_URL to https:// and the host that people use.")
    if not validate_host(parts.hostname or "", settings.ALLOWED_HOSTS):
        return problem(
            f"Mails lead to {parts.hostname}, and that host is not served.", f"Add {parts.hostname} to ALLOWED_HOSTS, or correct SITE_URL."
        )
    return ok(f"Mails lead to {settings.SITE_URL}, and that host is served.")


def https() -> Finding:
    """Django's own list of what a deployment must have on."""
    complaints = [complaint for complaint in run_checks(include_deployment_checks=True) if not complaint.is_silenced()]
    if complaints:
        ids = ", ".join(complaint.id or "without an id" for complaint in complaints)
        return problem(
            f"Django's deploy check has {counted(len(complaints), 'complaint')}: {ids}.",
            "Read them: manage.py check --deploy. The shipped settings have none in production.",
        )
    return ok("Redirect to https, cookies for https only, HSTS: Django's deploy check has no complaint.")


def proxies() -> Finding:
    count = settings.ALLAUTH_TRUSTED_PROXY_COUNT
    if count == 0:
        return warning(
            "No proxy is trusted: behind one, all visitors share one address and one limit on sign-in.",
            "Set TRUSTED_PROXY_COUNT to the number of your proxies before the web processes.",
        )
    if count > 3:
        return warning(
            f"{count} proxies are trusted: where there are fewer, a visitor can choose the address that limits count by.",
            "Set TRUSTED_PROXY_COUNT to the number of your proxies before the web processes.",
        )
    return ok(f"{counted(count, 'trusted proxy', 'trusted proxies')} before the web processes.")


def sender() -> Finding:
    address = parseaddr(settings.DEFAULT_FROM_EMAIL)[1]
    domain = address.rpartition("@")[2]
    if "." not in domain or domain.endswith((".localhost", ".local", ".invalid")):
        return problem(
            f"Mails come from {address or 'no address'}: servers refuse that.",
            "Set DEFAULT_FROM_EMAIL to an address of your own domain, such as Feedforward <training@feedforward.example>.",
        )
    return ok(f"Mails come from {address}.")
