"""Makes memory again from the log of answers, or with --check only says where it differs (exit 1 on any difference)."""

import sys
from uuid import UUID

from django.core.management.base import BaseCommand, CommandError

from accounts.models import Member
from reinforcement.daily import rebuilding
from reinforcement.daily.log import LogError


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser):
        parser.add_argument("--check", action="store_true", help="change nothing; exit 1 on any difference")
        parser.add_argument("--member", metavar="ID", help="only this member (public id)")

    def handle(self, *, check, member, **options):
        work = rebuilding.memory_differences if check else rebuilding.rebuild_memory
        differences = 0
        members = _members(member)
        batches = [members[start : start + rebuilding.MEMBERS_AT_ONCE] for start in range(0, len(members), rebuilding.MEMBERS_AT_ONCE)]
        try:
            if not check:
                # All of the log, before the first row is written.
                for batch in batches:
                    rebuilding.refuse_bad_log(batch)
            for batch in batches:
                for difference in work(batch):
                    differences += 1
                    self.stdout.write(f"{difference.table} {difference.key}: {difference.kept} -> {difference.rebuilt}")
        except LogError as flaw:
            raise CommandError(f"Memory cannot be made of the log: {flaw}.") from None
        self.stdout.write(f"{len(members)} members, {differences} differences{'' if check else ' mended'}.")
        if check and differences:
            sys.exit(1)


def _members(public_id: str | None) -> list[int]:
    members = Member.objects.order_by("pk")
    if public_id:
        try:
            members = members.filter(public_id=UUID(public_id))
        except ValueError:
            raise CommandError(f"{public_id} is not a public id of a member.") from None
        if not members.exists():
            raise CommandError(f"There is no member with the public id {public_id}.")
    return list(members.values_list("pk", flat=True))
