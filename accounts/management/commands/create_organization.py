"""`manage.py create_organization SLUG --name NAME --owner EMAIL [--json]`: an organization, its owner and the owner's invitation."""

import json

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.core.validators import validate_email, validate_slug
from django.db import transaction

from accounts.invitations.services import invite, path_of
from accounts.models import Organization
from accounts.people.services import create_organization


class Command(BaseCommand):
    help = "Creates an organization with its owner, queues the owner's invitation and prints its link."

    def add_arguments(self, parser):
        parser.add_argument("slug")
        parser.add_argument("--name", required=True)
        parser.add_argument("--owner", required=True, metavar="EMAIL")
        parser.add_argument("--json", action="store_true", dest="is_json", help="print one line of JSON")

    def handle(self, *, slug: str, name: str, owner: str, is_json: bool, **options):
        self._check(slug, name, owner)
        with transaction.atomic():
            organization, member = create_organization(slug=slug, name=name.strip(), owner_email=owner.strip().lower())
            invitation = invite(member, by=None)
        url = settings.SITE_URL + path_of(invitation)
        if is_json:
            values = {"slug": slug, "public_id": str(organization.public_id), "owner": member.email, "invitation_url": url}
            self.stdout.write(json.dumps(values, ensure_ascii=False))
        else:
            self.stdout.write(f"{organization.name} is there. {member.email} is invited by mail; the link works for 14 days:\n{url}")

    def _check(self, slug: str, name: str, owner: str) -> None:
        try:
            validate_slug(slug)
        except ValidationError:
            raise CommandError(f"“{slug}” is not a slug: use letters, digits, hyphens and underscores.", returncode=2) from None
        if len(slug) > 60:
            raise CommandError("The slug is longer than 60 characters.", returncode=2)
        if not name.strip() or len(name.strip()) > 120:
            raise CommandError("The name must have 1 to 120 characters.", returncode=2)
        try:
            validate_email(owner.strip())
        except ValidationError:
            raise CommandError(f"“{owner}” is not an e-mail address.", returncode=2) from None
        if Organization.objects.filter(slug=slug).exists():
            raise CommandError(f"The slug “{slug}” is taken. Choose another one.", returncode=2)
