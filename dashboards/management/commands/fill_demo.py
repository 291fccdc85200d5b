"""Fills the demo at its first start, and makes sure that there is a set today at every start."""

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils import timezone

from dashboards.demo import accounts, filling


class Command(BaseCommand):
    help = __doc__

    def handle(self, **options):
        if not settings.DEMO:
            raise CommandError("The demo is filled in demo mode only: start it with `make demo`.")
        now = timezone.now()
        if not filling.is_filled():
            self.stdout.write("Filling the demo with two organizations and simulated weeks …")
            # As a whole or not at all: a start that is cut off begins again.
            with transaction.atomic():
                filling.fill(now, tell=lambda line: self.stdout.write(f"  {line}"))
                accounts.make_accounts()
        filling.open_today(now)
