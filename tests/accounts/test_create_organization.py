"""`create_organization`: the first thing an operator does."""

import json

import pytest
from django.core.management import CommandError, call_command

from accounts.models import Invitation, Member, Organization
from outbox.models import OutboxMessage
from tests.factories import OrganizationFactory

pytestmark = pytest.mark.django_db


def test_organization_is_created_with_an_invited_owner(capsys, client):
    call_command("create_organization", "acme", "--name", "Acme NV", "--owner", "Boss@Acme.example", "--json")
    printed = json.loads(capsys.readouterr().out)
    organization = Organization.objects.get(slug="acme")
    owner = Member.objects.get(organization=organization)
    assert printed == {
        "slug": "acme",
        "public_id": str(organization.public_id),
        "owner": "boss@acme.example",
        "invitation_url": f"http://127.0.0.1:8000/invitation/{Invitation.objects.get(member=owner).secret}/",
    }
    assert owner.is_owner
    assert OutboxMessage.objects.get().address == "boss@acme.example"
    assert client.get(printed["invitation_url"].removeprefix("http://127.0.0.1:8000")).status_code == 200


@pytest.mark.parametrize(
    ("slug", "name", "owner", "message"),
    [
        ("taken", "Acme", "boss@acme.example", "taken"),
        ("acme", "Acme", "not an address", "e-mail"),
        ("no slug", "Acme", "boss@acme.example", "slug"),
        ("a" * 61, "Acme", "boss@acme.example", "60"),
        ("acme", "  ", "boss@acme.example", "name"),
    ],
)
def test_organization_with_a_bad_value_is_refused_with_a_sentence(slug, name, owner, message):
    OrganizationFactory(slug="taken")
    with pytest.raises(CommandError, match=message) as refusal:
        call_command("create_organization", slug, "--name", name, "--owner", owner)
    assert refusal.value.returncode == 2
    assert Organization.objects.count() == 1
    assert not OutboxMessage.objects.exists()
