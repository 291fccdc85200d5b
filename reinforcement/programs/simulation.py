"""Verbs of the simulation before a launch: ask for it, and make it. It is owed work, since pages know no arrays."""

import hashlib
import json
from dataclasses import asdict
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from outbox.services import queue_job
from reinforcement.memory import store
from reinforcement.programs.models import Program
from reinforcement.programs.rules import rule_of
from reinforcement.programs.simulation_models import LaunchSimulation
from reinforcement.questions.models import Question

JOB = "launch_simulation"
# Fewer people with a record than this say nothing about how abilities are spread.
FEWEST_RECORDS = 20
# In log odds, where the organization's own spread is not known: that of learners in public logs of answers (bench/worlds.json).
USUAL_SPREAD = 0.7


def questions_of(program: Program) -> list[tuple[int, int]]:
    """Keys of the program's questions in their order, and what each means now. One statement."""
    questions = Question.objects.filter(organization_id=program.organization_id, program_questions__program=program)
    return list(questions.order_by("program_questions__position", "program_questions__pk").values_list("pk", "meaning_since"))


def fingerprint_of(program: Program, questions: list[tuple[int, int]]) -> str:
    """Changes with each setting of the program and each of its questions; not with its audience, for which simulated people stand, nor
    with what answers say of the questions and of people from night to night: a result says when it was made.
    """
    rule = rule_of(program)
    settings = [
        type(rule).__name__,
        asdict(rule),
        program.weekdays,
        program.starts_on.isoformat(),
        program.ends_on and program.ends_on.isoformat(),
        program.new_per_day,
        program.cap_per_day,
        questions,
    ]
    return hashlib.sha256(json.dumps(settings).encode()).hexdigest()[:32]


def simulation_of(program: Program) -> LaunchSimulation | None:
    """What was asked for last, and what came of it. One statement."""
    return LaunchSimulation.objects.filter(organization_id=program.organization_id, program=program).first()


@transaction.atomic
def ask(program: Program, now: datetime) -> None:
    """Owes a simulation of the program's settings; one that is owed or made already stays the only one."""
    fingerprint = fingerprint_of(program, questions_of(program))
    mine = {"organization_id": program.organization_id, "program": program}
    LaunchSimulation.objects.get_or_create(**mine, defaults={"asked_at": now})
    # Held: two clicks at once owe one simulation.
    row = LaunchSimulation.objects.select_for_update(no_key=True).get(**mine)
    if row.asked_for == fingerprint and not row.can_be_asked_again(now):
        return
    row.asked += 1
    row.asked_for, row.asked_at, row.state = fingerprint, now, LaunchSimulation.State.WAITING
    row.save(update_fields=["asked", "asked_for", "asked_at", "state"])
    queue_job(
        key=f"{JOB}:{row.pk}:{row.asked}",
        kind=JOB,
        organization=program.organization.public_id,
        payload={"organization": program.organization_id, "simulation": row.pk, "asked": row.asked},
    )


def run(payload: dict) -> None:
    """The job: makes the simulation and writes it down, unless another one was asked for meanwhile."""
    owed = LaunchSimulation.objects.filter(organization_id=payload["organization"], pk=payload["simulation"], asked=payload["asked"])
    row = owed.select_related("program__organization").first()
    if row is None:
        return
    try:
        made_for, result = _reckoned(row.program)
    except Exception:
        # Said on the page. The job is tried again by itself, and may still succeed.
        owed.update(state=LaunchSimulation.State.FAILED)
        raise
    # What it was made for counts as asked: settings that are not these, also older ones that come back, are asked for anew.
    done = LaunchSimulation.State.DONE
    owed.update(state=done, result=result, made_for=made_for, asked_for=made_for, made_at=timezone.now())


def _reckoned(program: Program) -> tuple[str, dict | None]:
    """The fingerprint of the program's settings now, and what they come to; nothing where there are no questions."""
    # Arrays are for workers.
    from reinforcement.programs.launch_foresight import Abilities, LaunchPlan, reckon

    questions = questions_of(program)
    fingerprint = fingerprint_of(program, questions)
    if not questions:
        return fingerprint, None
    plan = LaunchPlan(rule_of(program), program.weekdays, program.starts_on, program.ends_on, program.new_per_day, program.cap_per_day)
    people, mean, spread = store.abilities_of(program.organization_id)
    is_known = people >= max(FEWEST_RECORDS, program.organization.small_group_minimum)
    abilities = Abilities(mean, spread, is_known=True) if is_known else Abilities(0.0, USUAL_SPREAD, is_known=False)
    easiness = store.easiness_of(program.organization_id, [question_id for question_id, _meaning in questions])
    model = store.models_of(store.fitted_in_force(program.organization_id)).trace
    known = [easiness[question_id] for question_id, _meaning in questions]
    return fingerprint, reckon(model, plan, abilities, known)
