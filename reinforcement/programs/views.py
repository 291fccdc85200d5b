"""Pages of programs: authors write, managers and HR read."""

from datetime import date
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from django.views.decorators.vary import vary_on_headers

from accounts import access
from accounts.signin.decorators import role_required
from reinforcement.competencies.models import Competency
from reinforcement.competencies.services import branch_of
from reinforcement.competencies.tree import in_tree_order
from reinforcement.programs import queries, services, simulation_views, words
from reinforcement.programs.forms import ProgramForm, read_ids
from reinforcement.programs.models import Program
from reinforcement.questions.models import Question
from reinforcement.questions.queries import BankFilter

PROGRAMS_A_PAGE = 25
QUESTIONS_A_PAGE = 50

readers_only = role_required(access.reads_all_content)
authors_only = role_required(lambda member: member.is_author)


@require_safe
@readers_only
def program_list(request):
    page = Paginator(Program.objects.visible_to(request.member), PROGRAMS_A_PAGE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "rows": [(row, words.mode_in_words(row.program)) for row in queries.rows_of(page.object_list)],
        "minimum": request.member.organization.small_group_minimum,
        "can_edit": request.member.is_author,
    }
    return render(request, "reinforcement/program_list.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@authors_only
def program_create(request):
    today = access.today_of(request.member)
    blank = Program(organization=request.member.organization, starts_on=today)
    form = ProgramForm(request.POST or None, instance=blank)
    if request.method == "POST" and form.is_valid():
        program = services.create_program(request.member.organization, created_by=request.member, **form.settings)
        messages.success(request, _("The program is a draft. Now choose its questions."))
        return redirect("reinforcement:program_questions", program.public_id)
    return render(request, "reinforcement/program_form.html", {"form": form}, status=422 if form.is_bound else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@authors_only
def program_edit(request, public_id):
    program = get_object_or_404(_open(request), public_id=public_id)
    form = ProgramForm(request.POST or None, instance=program)
    if request.method == "POST" and form.is_valid():
        services.update_program(program, **form.settings)
        messages.success(request, _("Saved."))
        return redirect("reinforcement:program_detail", program.public_id)
    context = {"form": form, "program": program, "is_running": program.state == Program.State.RUNNING}
    return render(request, "reinforcement/program_form.html", context, status=422 if form.is_bound else 200)


@require_safe
@readers_only
def program_detail(request, public_id):
    program = get_object_or_404(_readable(request), public_id=public_id)
    return render(request, "reinforcement/program_detail.html", _overview(request, program))


@require_POST
@authors_only
def program_launch(request, public_id):
    program = get_object_or_404(_open(request), public_id=public_id)
    try:
        services.launch(program)
    except services.ProgramNotReady as missing:
        return render(request, "reinforcement/program_detail.html", _overview(request, program) | {"missing": missing}, status=422)
    today = access.today_of(request.member)
    first = words.first_questions_in_words(queries.first_day_of(program, today), today)
    messages.success(request, " ".join(filter(None, [_("The program is launched."), first])))
    return redirect("reinforcement:program_detail", program.public_id)


@require_POST
@authors_only
def program_end(request, public_id):
    program = get_object_or_404(_open(request).filter(state=Program.State.RUNNING), public_id=public_id)
    services.end(program, on=access.today_of(request.member))
    messages.success(request, _("The program has ended. Its answers and figures stay."))
    return redirect("reinforcement:program_detail", program.public_id)


@require_http_methods(["GET", "HEAD", "POST"])
@authors_only
def program_questions(request, public_id):
    """Picks questions of the bank; what is ticked, or all that is found, goes to the end of the program."""
    program = get_object_or_404(_open(request), public_id=public_id)
    places = in_tree_order(Competency.objects.visible_to(request.member).filter(archived_at=None))
    wanted = request.GET if request.method != "POST" else request.POST
    search = wanted.get("search", "").strip()
    competency = next((place.competency for place in places if str(place.competency.public_id) == wanted.get("competency")), None)
    branch = frozenset(branch_of(request.member.organization, competency)) if competency else frozenset()
    found = queries.questions_to_add(program, request.member, BankFilter(search, branch))
    if request.method == "POST":
        if request.POST.get("do") != "all":
            found = found.filter(public_id__in=read_ids(request.POST.getlist("question")))
        added = services.add_questions(program, list(found))
        if added:
            messages.success(request, ngettext("%(number)d question added.", "%(number)d questions added.", added) % {"number": added})
            return redirect("reinforcement:program_detail", program.public_id)
        messages.info(request, _("No question was ticked, so none was added."))
        return redirect(request.get_full_path())
    page = Paginator(found, QUESTIONS_A_PAGE).get_page(request.GET.get("page"))
    query = request.GET.copy()
    query.pop("page", None)
    context = {
        "program": program,
        "page": page,
        "lines": [queries.as_line(question, request.member.language) for question in page],
        "places": places,
        "competency": competency,
        "search": search,
        "query": f"{query.urlencode()}&" if query else "",
    }
    return render(request, "reinforcement/program_questions.html", context)


@require_POST
@authors_only
@vary_on_headers("HX-Request")
def program_question_move(request, public_id, question_id):
    """One place up or down, or out of the program; answers with the list for htmx, else with the page.

    It is the page of the list on which the question stands afterwards, or stood before it went out.
    """
    program = get_object_or_404(_open(request), public_id=public_id)
    question = get_object_or_404(Question.objects.visible_to(request.member), public_id=question_id)
    step = request.POST.get("do")
    before = queries.place_of(program, question) or 0
    if step == "remove":
        services.remove_question(program, question)
    elif step in ("up", "down"):
        services.move_question(program, question, steps=-1 if step == "up" else 1)
    after = queries.place_of(program, question)
    number = (before if after is None else after) // QUESTIONS_A_PAGE + 1
    if request.htmx:
        response = render(request, "reinforcement/_program_lines.html", _lines(request, program, number))
        # What was simulated is of other settings now.
        response["HX-Trigger"] = "questions-changed"
        return response
    query = f"?page={number}" if number > 1 else ""
    return redirect(reverse("reinforcement:program_detail", args=[program.public_id]) + f"{query}#questions")


def _readable(request) -> QuerySet[Program]:
    return Program.objects.visible_to(request.member).select_related("organization", "created_by")


def _open(request) -> QuerySet[Program]:
    """Programs that the author may still change."""
    return Program.objects.editable_by(request.member).exclude(state=Program.State.ENDED).select_related("organization", "created_by")


def _can_edit(request, program: Program) -> bool:
    return request.member.is_author and program.state != Program.State.ENDED


def _lines(request, program: Program, number: int | str | None = None) -> dict[str, Any]:
    """Page `number` of the program's questions, the first where there is none such."""
    progress = queries.progress_of(program, request.member)
    figures = progress.by_question if progress else {}
    page = Paginator(queries.lines_of(program), QUESTIONS_A_PAGE).get_page(number)
    lines = [queries.as_line(line.question, request.member.language) for line in page]
    told = [(line, figures.get(line.question.pk)) for line in lines]
    return {
        "program": program,
        "page": page,
        "lines": [(line, figure, words.attraction_in_words(figure, line.wording) if figure else "") for line, figure in told],
        "progress": progress,
        "can_edit": _can_edit(request, program),
    }


def _overview(request, program: Program) -> dict[str, Any]:
    today = access.today_of(request.member)
    audience = queries.audience_of(program, request.member)
    context = _lines(request, program, request.GET.get("page"))
    is_draft = program.state == Program.State.DRAFT
    people = audience.people if is_draft else program.enrollments.filter(organization_id=program.organization_id, ended_on=None).count()
    questions = context["page"].paginator.count
    return context | {
        "headline": words.headline(program, questions=questions, people=people, today=today),
        "results": words.results_in_words(context["progress"]),
        "rule": words.rule_in_words(program),
        "delivery": words.delivery_in_words(program),
        "simulation": simulation_views.shown_of(request, program),
        "audience": audience,
        "people": people,
        "is_draft": is_draft,
        "launch": _launch_in_words(program, today, people) if is_draft and questions and people else "",
        "is_running": program.state == Program.State.RUNNING,
        "starts_in_past": is_draft and program.starts_on < today,
        "reads_figures": access.reads_progress_of(request.member, program.created_by_id),
        "reads_first_answers": access.reads_first_answers_of(request.member, program.created_by_id),
        "minimum": program.organization.small_group_minimum,
    }


def _launch_in_words(program: Program, today: date, people: int) -> str:
    first = words.first_questions_in_words(queries.first_day_of(program, today), today)
    return " ".join(filter(None, [words.launch_in_words(people), first]))
