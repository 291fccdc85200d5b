"""The policy of a page: the same text for every response, but for one that changes it."""

import pytest
from csp.constants import HEADER, NONE
from csp.decorators import csp_exempt, csp_update
from csp.exceptions import CSPNonceError
from csp.middleware import CSPMiddleware
from django.http import HttpResponse

from config.middleware import ContentSecurityPolicyMiddleware


def policy(view, rf, middleware=ContentSecurityPolicyMiddleware) -> str | None:
    return middleware(view)(rf.get("/")).get(HEADER)


def as_set(policy: str) -> set[str]:
    return set(policy.split("; "))


def plain(request):
    return HttpResponse("page")


def with_nonce(request):
    return HttpResponse(f"<script nonce={request.csp_nonce}></script>")


def test_plain_response_has_the_policy_that_django_csp_writes(rf):
    assert as_set(policy(plain, rf)) == as_set(policy(plain, rf, CSPMiddleware))
    assert {"default-src 'none'", "script-src 'self'", "frame-ancestors 'none'"} <= as_set(policy(plain, rf))


@pytest.mark.parametrize("change", [csp_update({"img-src": [NONE]}), csp_exempt()])
def test_view_that_changes_its_policy_has_what_it_asked_for(rf, change):
    changed, expected = (policy(change(plain), rf, middleware) for middleware in (ContentSecurityPolicyMiddleware, CSPMiddleware))
    assert (changed and as_set(changed)) == (expected and as_set(expected))
    assert changed is None or as_set(changed) != as_set(policy(plain, rf))


def test_script_with_a_nonce_is_allowed_by_its_own_response_only(rf):
    assert "'nonce-" in policy(with_nonce, rf)
    assert "'nonce-" not in policy(plain, rf)


def test_nonce_after_the_policy_was_written_is_refused(rf):
    request = rf.get("/")
    ContentSecurityPolicyMiddleware(plain)(request)
    with pytest.raises(CSPNonceError):
        str(request.csp_nonce)
