"""The home page leads each role to where its work is, and tells the others why there is nothing."""

import pytest

from tests.factories import MemberFactory

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("roles", "says"),
    [
        ({}, "Ask the owner of your organization to give you one"),
        ({"is_leadership": True}, "Figures of the teams will stand here for the leadership."),
    ],
)
def test_who_has_no_page_yet_is_told_the_true_reason(client, roles, says):
    client.force_login(MemberFactory(**roles).user)
    page = client.get("/").content.decode()
    assert says in page
    assert page.count('<p class="lead">') == 1
