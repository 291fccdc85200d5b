"""Fills the floor's tables: `python -m bench.floor.filling PLAN` in an environment of the floor."""

import json
import sys
from datetime import timedelta
from pathlib import Path

COMPETENCIES = 10
WEEKS_A_YEAR = 52


def fill(learners: int, questions: int, directory: Path) -> None:
    """Tables, questions, one state for each learner and question, a team's year, and sessions; `floor.json` holds what a client needs."""
    from django.contrib.sessions.backends.db import SessionStore
    from django.contrib.sessions.models import Session
    from django.core.management import call_command
    from django.db import connection
    from django.utils import timezone
    from django.utils.crypto import get_random_string

    from bench import world
    from bench.floor.models import Question, State, TeamWeek

    call_command("migrate", run_syncdb=True, verbosity=0)
    options = [{"id": option["id"], "text": option["text"]} for option in world.OPTIONS]
    asked = [
        Question(prompt=f"What do you do first, case {n}?", options=options, right="a", explanation=world.EXPLANATION)
        for n in range(questions)
    ]
    asked = Question.objects.bulk_create(asked)
    today = timezone.now().date()
    State.objects.bulk_create((State(learner_id=n, question=one, due_on=today) for n in range(learners) for one in asked), batch_size=5_000)
    TeamWeek.objects.bulk_create(
        TeamWeek(team_id=1, competency=competency, week=week, answered=100, right=40 + (competency * 7 + week) % 50)
        for competency in range(COMPETENCIES)
        for week in range(WEEKS_A_YEAR)
    )
    store, until = SessionStore(), timezone.now() + timedelta(days=7)
    keys = [get_random_string(32, "abcdefghijklmnopqrstuvwxyz0123456789") for _learner in range(learners)]
    rows = (Session(session_key=key, session_data=store.encode({"learner": n}), expire_date=until) for n, key in enumerate(keys))
    Session.objects.bulk_create(rows, batch_size=5_000)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
    (directory / "floor.json").write_text(json.dumps({"learners": keys, "questions": [one.pk for one in asked]}))


if __name__ == "__main__":
    import django

    django.setup()
    given = json.loads(sys.argv[1])
    fill(given["learners"], given["questions"], Path(given["directory"]))
