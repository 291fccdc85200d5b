"""The simulation on the page of a program that has not begun: authors ask for it, whoever reads the program sees it."""

from dataclasses import dataclass
from datetime import date, datetime

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods
from django.views.decorators.vary import vary_on_headers

from accounts import access
from accounts.signin.decorators import role_required
from reinforcement.programs import simulation, simulation_words
from reinforcement.programs.models import Program
from reinforcement.programs.simulation_drawing import RecallChart, recall_chart
from reinforcement.programs.simulation_models import LaunchSimulation


@dataclass(frozen=True, slots=True)
class Shown:
    """What the page says of a simulation. `state`: "unasked" (of the present settings), "waiting", "late", "failed" or "done"."""

    state: str
    can_ask: bool
    made_at: datetime | None = None
    is_older: bool = False
    finding: str = ""
    load: tuple[str, ...] = ()
    assumptions: tuple[str, ...] = ()
    chart: RecallChart | None = None
    rows: tuple[tuple[date, tuple[int, ...]], ...] = ()


def begins_later(program: Program, today: date) -> bool:
    """Whether the program is still to begin, so that there is something to foresee."""
    return program.state == Program.State.DRAFT or (program.state == Program.State.RUNNING and program.starts_on > today)


def shown_of(request, program: Program) -> Shown | None:
    """The simulation of `program` as the reader sees it; None where the program has begun or has no questions. Two statements."""
    today = access.today_of(request.member)
    questions = simulation.questions_of(program) if begins_later(program, today) else []
    if not questions:
        return None
    now = timezone.now()
    row = simulation.simulation_of(program)
    fingerprint = simulation.fingerprint_of(program, questions)
    state = _state(row, fingerprint, now)
    can_ask = request.member.is_author and (state == "unasked" or (row is not None and row.can_be_asked_again(now)))
    if row is None or row.result is None:
        return Shown(state, can_ask)
    return Shown(
        state=state,
        can_ask=can_ask,
        made_at=row.made_at,
        is_older=row.made_for != fingerprint,
        finding=simulation_words.finding(row.result),
        load=tuple(simulation_words.load(row.result, program.mode, today)),
        assumptions=tuple(simulation_words.assumptions(row.result)),
        chart=recall_chart(row.result, {name: str(label) for name, label in simulation_words.LINES.items()}),
        rows=simulation_words.rows(row.result),
    )


def _state(row: LaunchSimulation | None, fingerprint: str, now: datetime) -> str:
    if row is not None and row.result is not None and row.made_for == fingerprint:
        return "done"
    if row is None or row.asked_for != fingerprint:
        return "unasked"
    if row.state == LaunchSimulation.State.FAILED:
        return "failed"
    return "late" if row.is_late(now) else "waiting"


@require_http_methods(["GET", "HEAD", "POST"])
@role_required(access.reads_all_content)
@vary_on_headers("HX-Request")
def program_simulation(request, public_id):
    """A post asks for the simulation. htmx gets the piece of the page; while there is nothing new, an empty answer, and asks again."""
    if request.method == "POST":
        programs = Program.objects.editable_by(request.member).select_related("organization")
        program = get_object_or_404(programs, public_id=public_id)
        if begins_later(program, access.today_of(request.member)):
            simulation.ask(program, timezone.now())
    else:
        program = get_object_or_404(Program.objects.visible_to(request.member), public_id=public_id)
    if not request.htmx:
        return redirect(reverse("reinforcement:program_detail", args=[program.public_id]) + "#simulation")
    shown = shown_of(request, program)
    if request.method != "POST" and shown is not None and shown.state == "waiting":
        return HttpResponse(status=204)
    return render(request, "reinforcement/_launch_simulation.html", {"program": program, "simulation": shown})
