"""Makes the roll-ups again from answers and sets, or with --check only says where they differ (exit 1 on any difference)."""

import sys

from django.core.management.base import BaseCommand

from accounts.models import Organization
from reinforcement.daily import rebuilding


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser):
        parser.add_argument("--check", action="store_true", help="change nothing; exit 1 on any difference")

    def handle(self, *, check, **options):
        work = rebuilding.rollup_differences if check else rebuilding.rebuild_rollups
        differences = 0
        organizations = list(Organization.objects.order_by("pk"))
        for organization in organizations:
            for difference in work(organization.pk):
                differences += 1
                self.stdout.write(f"{organization.slug}, {difference.table} {difference.key}: {difference.kept} -> {difference.rebuilt}")
        self.stdout.write(f"{len(organizations)} organizations, {differences} differences{'' if check else ' mended'}.")
        if check and differences:
            sys.exit(1)
