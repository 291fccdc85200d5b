"""Clients of the API."""

import pytest
from rest_framework.test import APIClient

from accounts.models import ApiToken


@pytest.fixture
def api():
    """A function: the client of a member, with a token of that member; without a member, of nobody."""

    def client_of(member=None) -> APIClient:
        client = APIClient()
        if member is not None:
            _token, secret = ApiToken.issue(member, "test")
            client.credentials(HTTP_AUTHORIZATION=f"Token {secret}")
        return client

    return client_of
