"""The demo's sign-ins: passwords made at the first start, kept in one file beside the demo's data, shown on this machine only."""

import ipaddress
import json
import secrets
from dataclasses import asdict, dataclass
from pathlib import Path

from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.utils import timezone

from accounts import access
from accounts.models import Member, User


@dataclass(frozen=True)
class DemoAccount:
    """One sign-in in one organization. `roles` hold "manager" where others report to the person."""

    email: str
    password: str
    roles: list[str]
    organization: str
    name: str
    member: str


def accounts_file() -> Path:
    return settings.DATA_DIR / "accounts.json"


def make_accounts() -> list[DemoAccount]:
    """Gives every demo member a password of its own and writes the file."""
    members = list(
        Member.objects.filter(organization__is_demo=True)
        .select_related("user", "organization")
        .annotate(has_reports=access.has_reports(timezone.now().date()))
        .order_by("organization_id", "pk")
    )
    passwords = {member.user_id: secrets.token_urlsafe(12) for member in members}
    users = list(User.objects.filter(pk__in=passwords))
    for user in users:
        user.password = make_password(passwords[user.pk])
    User.objects.bulk_update(users, ["password"])
    accounts = [
        DemoAccount(
            email=member.email,
            password=passwords[member.user_id],
            roles=[*(["manager"] if member.is_manager else []), *member.roles],
            organization=member.organization.slug,
            name=member.name,
            member=str(member.public_id),
        )
        for member in members
    ]
    path = accounts_file()
    path.touch(mode=0o600)
    path.write_text(json.dumps([asdict(account) for account in accounts], indent=1))
    return accounts


def read_accounts() -> list[DemoAccount]:
    """The accounts in the file; none before the demo is filled."""
    path = accounts_file()
    return [DemoAccount(**values) for values in json.loads(path.read_text())] if path.exists() else []


def is_open_to(request) -> bool:
    """Only in demo mode, and only to somebody who sits at this machine."""
    if not settings.DEMO:
        return False
    try:
        return ipaddress.ip_address(request.META.get("REMOTE_ADDR", "")).is_loopback
    except ValueError:
        return False
