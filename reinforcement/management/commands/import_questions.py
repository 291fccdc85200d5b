"""Questions from a file into the bank of an organization: whole, or not at all."""

import json
from dataclasses import asdict
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError
from django.utils import translation

from accounts.models import Organization
from accounts.tables import MOST_BYTES
from reinforcement.importing.encodings import ENCODINGS
from reinforcement.importing.reading import FORMATS, Source
from reinforcement.importing.services import ImportRejected, Plan, State, import_questions, plan_import
from reinforcement.questions.formats.base import ImportProblem

REJECTED = 2


class Command(BaseCommand):
    help = "Import questions from FILE: all of them, or none. Exit 0: applied. Exit 2: rejected, nothing changed."

    def add_arguments(self, parser):
        parser.add_argument("file", metavar="FILE", type=Path)
        parser.add_argument("--organization", required=True, metavar="SLUG")
        parser.add_argument("--format", default="auto", choices=("auto", *FORMATS), help="found out from the file when not given")
        parser.add_argument("--encoding", default="", choices=tuple(ENCODINGS), help="of a text file; found out when not given")
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
        found = Organization.objects.filter(slug=organization).first()
        if found is None:
            raise CommandError(f"There is no organization “{organization}”.", returncode=REJECTED)
        try:
            with file.open("rb") as opened:
                data = opened.read(MOST_BYTES + 1)
        except OSError as error:
            raise CommandError(f"{file} cannot be read: {error.strerror}.", returncode=REJECTED) from error
        source = Source(
            data=data,
            mapping=options["map"],
            has_header=False if options["no_header"] else None,
            competency=options["competency"],
            format="" if options["format"] == "auto" else options["format"],
            name=file.name,
            encoding=options["encoding"],
        )
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
        return "\n".join([*map(_in_words, plan.problems), "Nothing was changed."])
    counts = f"{plan.count(State.NEW)} new, {plan.count(State.CHANGED)} changed, {plan.count(State.UNCHANGED)} unchanged"
    made = [f"New competency: {name}" for name in plan.new_competencies]
    warned = [f"Note, {_in_words(warning)}" for warning in plan.warnings]
    return "\n".join([*warned, *made, f"{counts}{' (dry run: nothing was changed)' if is_dry_run else ''}."])


def _in_words(problem: ImportProblem) -> str:
    return f"row {problem.row}, column {problem.column or '-'}: {problem.message}"
