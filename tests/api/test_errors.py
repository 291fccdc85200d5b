"""One error shape, whatever goes wrong; and how often the API may be called."""

import pytest
from django.core.cache import cache
from django.test import Client

from accounts.api.throttling import AnonymousThrottle, MemberThrottle
from accounts.models import ApiToken
from tests.factories import AuthorFactory, SellerFactory

pytestmark = pytest.mark.django_db

TODAY = "/api/v1/today/"
PROGRAMS = "/api/v1/programs/"


def assert_error(response, status, code):
    assert response.status_code == status
    assert response["Content-Type"] == "application/json"
    error = response.json()["error"]
    assert set(error) == {"code", "message", "fields"}
    assert error["code"] == code
    assert error["message"]
    return error


@pytest.mark.parametrize("method", ["get", "post", "put", "patch", "delete"])
@pytest.mark.parametrize("address", ["/api/", "/api/v1/", "/api/v1/nothing/", "/api/v1/today", "/api/v2/today/", "/api/v1/programs/1/"])
def test_an_unknown_address_is_a_404(api, method, address):
    assert_error(getattr(api(SellerFactory()), method)(address), 404, "not_found")
    assert_error(getattr(api(), method)(address), 404, "not_found")


def test_nobody_signed_in_is_a_401(api):
    response = api().get(TODAY)
    assert_error(response, 401, "not_authenticated")
    assert response["WWW-Authenticate"] == "Token"


@pytest.mark.parametrize("what", ["wrong", "left", "withdrawn"])
def test_a_token_that_opens_nothing_is_a_401(api, what):
    member = SellerFactory()
    client = api(member)
    if what == "wrong":
        client.credentials(HTTP_AUTHORIZATION="Token ff_wrong")
    elif what == "left":
        member.is_active = False
        member.save()
    else:
        ApiToken.objects.all().delete()
    assert_error(client.get(TODAY), 401, "authentication_failed")


def test_a_session_without_its_csrf_token_is_a_403():
    client = Client(enforce_csrf_checks=True)
    client.force_login(AuthorFactory().user)
    assert client.get(PROGRAMS).status_code == 200
    assert_error(client.post(PROGRAMS, {}, content_type="application/json"), 403, "permission_denied")


def test_a_method_that_is_not_taken_is_a_405(api):
    response = api(SellerFactory()).delete(TODAY)
    assert_error(response, 405, "method_not_allowed")


def test_a_body_that_is_no_json_by_its_type_is_a_415(api):
    assert_error(api(AuthorFactory()).post(PROGRAMS, "<a/>", content_type="text/xml"), 415, "unsupported_media_type")


@pytest.mark.parametrize(
    "body", ["{", '{"name": NaN}', "[" * 100_000, '{"name": "a\\u0000b"}', '{"name": "\\ud800"}', '{"\\u0000": 1}', b'{"name": "\xff"}']
)
def test_a_body_that_is_no_json_is_a_400(api, body):
    assert_error(api(AuthorFactory()).post(PROGRAMS, body, content_type="application/json"), 400, "parse_error")


def test_a_body_that_is_too_large_is_a_413(api, settings):
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 1000
    body = '{"name": "' + "a" * 1000 + '"}'
    assert_error(api(AuthorFactory()).post(PROGRAMS, body, content_type="application/json"), 413, "too_large")


def test_bad_values_are_a_400_with_each_field(api):
    error = assert_error(api(AuthorFactory()).post(PROGRAMS, {"name": "", "weekdays": ["sun", "day"]}, format="json"), 400, "invalid")
    assert set(error["fields"]) == {"name", "starts_on", "weekdays"}


@pytest.mark.parametrize("body", [[], "text", 1, None])
def test_a_body_that_is_no_object_is_a_400(api, body):
    assert_error(api(AuthorFactory()).post(PROGRAMS, body, format="json"), 400, "invalid")


def test_a_member_who_calls_too_often_is_told_when_to_come_back(api, monkeypatch):
    cache.clear()
    monkeypatch.setattr(MemberThrottle, "THROTTLE_RATES", {"member": "2/min"})
    member, other = SellerFactory.create_batch(2)
    first, second = api(member), api(member)
    assert [first.get(TODAY).status_code, second.get(TODAY).status_code] == [200, 200]
    response = first.get(TODAY)
    assert_error(response, 429, "throttled")
    assert 0 < int(response["Retry-After"]) <= 60
    assert api(other).get(TODAY).status_code == 200


def test_somebody_unknown_who_calls_too_often_is_told_when_to_come_back(api, monkeypatch):
    cache.clear()
    monkeypatch.setattr(AnonymousThrottle, "THROTTLE_RATES", {"anonymous": "1/min"})
    assert api().get("/api/v1/nothing/").status_code == 404
    response = api().get("/api/v1/nothing/")
    assert_error(response, 429, "throttled")
    assert int(response["Retry-After"]) > 0
    assert api(SellerFactory()).get(TODAY).status_code == 200
