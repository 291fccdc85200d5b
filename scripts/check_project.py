"""Checks that need the project itself: templates compile, no migration is missing, the production settings pass the deploy check."""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PRODUCTION = {
    "SECRET_KEY": "a-key-for-this-check-only-0123456789-abcdefghijklmnopqrstuvwxyz",
    "ALLOWED_HOSTS": "feedforward.example",
    "DATABASE_URL": "postgres://feedforward@127.0.0.1/feedforward",
    "REDIS_URL": "redis://127.0.0.1:6379/0",
    "EMAIL_URL": "smtp+tls://mail.feedforward.example:587",
}


def manage(environment: dict, *arguments: str) -> int:
    print("manage.py", *arguments, flush=True)
    command = [sys.executable, str(ROOT / "manage.py"), *arguments]
    clean = {name: value for name, value in os.environ.items() if name not in {"DEBUG", "DEMO", "TESTING"}}
    return subprocess.run(command, cwd=ROOT, env={**clean, **environment}, check=False).returncode


def compile_templates() -> int:
    """Every template of ours is compiled; the first one that does not is printed."""
    os.environ["TESTING"] = "1"
    os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings"
    sys.path.insert(0, str(ROOT))
    import django
    from django.template import TemplateSyntaxError
    from django.template.loader import get_template

    django.setup()
    broken = 0
    templates = sorted((ROOT / "templates").rglob("*.*"))
    for path in templates:
        try:
            get_template(str(path.relative_to(ROOT / "templates")))
        except TemplateSyntaxError as problem:
            broken = 1
            print(f"{path.relative_to(ROOT)}: {problem}")
    print(f"{len(templates)} templates compiled")
    return broken


if __name__ == "__main__":
    sys.exit(
        # All of them run. One that a signal ended has a code below zero, so the largest one says nothing.
        any(
            [
                compile_templates(),
                manage({"TESTING": "1"}, "makemigrations", "--check", "--dry-run"),
                manage(PRODUCTION, "check", "--deploy", "--fail-level", "WARNING"),
            ]
        )
    )
