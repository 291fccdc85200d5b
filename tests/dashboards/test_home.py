"""The home page leads each role to where its work is, and tells the others why there is nothing."""

import pytest

from tests.factories import MemberFactory

pytestmark = pytest.mark.django_db


def test_who_has_no_page_yet_is_told_the_reason(client):
    client.force_login(MemberFactory().user)
    page = client.get("/").content.decode()
    assert "Ask the owner of your organization to give you one" in page
    assert page.count('<p class="lead">') == 1
