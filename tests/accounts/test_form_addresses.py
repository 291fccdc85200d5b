"""Loading an address that only takes forms, as the reload of a refused form does."""

import pytest
from django.urls import reverse

from tests.factories import SellerFactory

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    "name", ["accounts:token_issue", "accounts:absence_add", "accounts:organization_switch", "reinforcement:link_leave"]
)
def test_loading_the_address_of_a_form_says_what_to_do(client, name):
    client.force_login(SellerFactory().user)
    response = client.get(reverse(name))
    assert response.status_code == 405
    assert "POST" in response["Allow"]
    content = response.content.decode()
    assert "Go back to the form" in content
    assert 'href="/"' in content
    assert "default-src" in response["Content-Security-Policy"]


def test_programs_that_ask_for_no_page_get_none(client):
    client.force_login(SellerFactory().user)
    assert client.get(reverse("accounts:token_issue"), headers={"accept": "application/json"}).content == b""
    assert client.put(reverse("accounts:me")).content == b""
