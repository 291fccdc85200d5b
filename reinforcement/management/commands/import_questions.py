"""Questions from a file into the bank of an organization: whole, or not at all."""

import json
from dataclasses import asdict
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError
from django.utils import translation

from accounts.models import Organization
from accounts.tables import MOST_BYTES
from reinforcement.importing.services import FORMATS, ImportRejected, Plan, Source, State, import_questions, plan_import

KNOWN_FORMATS = ("auto", "csv", "xlsx", "gift", "aiken", "moodlexml")
REJECTED = 2


class Command(BaseCommand):
    help = "Import questions from FILE: all of them, or none. Exit 0: applied. Exit 2: rejected, nothing changed."

    def add_arguments(self, parser):
        parser.add_argument("file", metavar="FILE", type=Path)
        parser.add_argument("--organization", required=True, metavar="SLUG")
        parser.add_argument("--format", default="auto", choices=KNOWN_FORMATS, help=f"what there is now: {', '.join(FORMATS)}")
        parser.add_argument("--map", default="", metavar="MAPPING", help="prompt=1,options=2-5,answer=6; guessed when not given")
        parser.add_argument("--no-header", action="store_true", help="the first row is a question; found out when not given")
        parser.add_argument("--competency", default="", metavar="NAME", help="for new questions whose row names none; made when missing")
        parser.add_argument(
            "--program", default="", metavar="NAME", help="put the questions into this program; a draft is made when missing"
        )
        parser.add_argument("--dry-run", action="store_true", help="say what would happen, change nothing")
        parser.add_argument("--restart", action="store_true", help="changed questions start again for everybody, as a change of meaning")
        parser.add_argument("--json", action="store_true")

    def handle(self, *, file: Path, organization: str, **options):
        if options["format"] not in ("auto", *FORMATS):
            raise CommandError(
                f"The format {options['format']} cannot be read yet. What there is now: {', '.join(FORMATS)}.", returncode=REJECTED
            )
        found = Organization.objects.filter(slug=organization).first()
        if found is None:
            raise CommandError(f"There is no organization “{organization}”.", returncode=REJECTED)
        try:
            with file.open("rb") as opened:
                data = opened.read(MOST_BYTES + 1)
        except OSError as error:
            raise CommandError(f"{file} cannot be read: {error.strerror}.", returncode=REJECTED) from error
        source = Source(data, options["map"], False if options["no_header"] else None, options["competency"])
        with translation.override("en"):
            self._run(found, source, options)

    def _run(self, organization: Organization, source: Source, options: dict) -> None:
        if options["dry_run"]:
            plan = plan_import(organization, source)
        else:
            try:
                plan = import_questions(organization, source, restarts=options["restart"], program_name=options["program"]).plan
            except ImportRejected as rejected:
                plan = rejected.plan
        self.stdout.write(json.dumps(_as_json(plan), ensure_ascii=False) if options["json"] else _as_text(plan, options["dry_run"]))
        if plan.problems:
            raise SystemExit(REJECTED)


def _as_json(plan: Plan) -> dict:
    """The contract's keys. Of a rejected file nothing is created or updated."""
    is_rejected = bool(plan.problems)
    return {
        "created": 0 if is_rejected else plan.count(State.NEW),
        "updated": 0 if is_rejected else plan.count(State.CHANGED),
        "unchanged": 0 if is_rejected else plan.count(State.UNCHANGED),
        "rejected": [asdict(problem) for problem in plan.problems],
    }


def _as_text(plan: Plan, is_dry_run: bool) -> str:
    if plan.problems:
        lines = [f"row {problem.row}, column {problem.column or '-'}: {problem.message}" for problem in plan.problems]
        return "\n".join([*lines, "Nothing was changed."])
    counts = f"{plan.count(State.NEW)} new, {plan.count(State.CHANGED)} changed, {plan.count(State.UNCHANGED)} unchanged"
    made = [f"New competency: {name}" for name in plan.new_competencies]
    return "\n".join([*made, f"{counts}{' (dry run: nothing was changed)' if is_dry_run else ''}."])
