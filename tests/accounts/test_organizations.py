"""Work from organization to organization: one that fails takes no other with it, and says nothing of its rows."""

import pytest
from django.db import DatabaseError, connection

from accounts.organizations import sum_over_organizations
from tests.factories import OrganizationFactory

pytestmark = pytest.mark.django_db


def test_organization_that_fails_is_logged_and_the_others_are_done(caplog):
    organizations = OrganizationFactory.create_batch(3)

    def work(organization):
        if organization == organizations[1]:
            raise DatabaseError("Key (email)=(canary@example.org) already exists.")
        return 2

    assert sum_over_organizations("counting", work) == 4
    assert f"counting failed for organization {organizations[1].public_id} (DatabaseError)" in caplog.text
    assert "canary" not in caplog.text


def test_database_that_is_gone_ends_the_work(monkeypatch):
    OrganizationFactory()
    monkeypatch.setattr(connection, "is_usable", lambda: False)

    def work(organization):
        raise DatabaseError

    with pytest.raises(DatabaseError):
        sum_over_organizations("counting", work)
