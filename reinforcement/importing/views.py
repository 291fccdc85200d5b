"""Pages that bring questions from a file: the file, what it would do, and then all of it or nothing."""

from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts import access
from accounts.signin.decorators import role_required
from accounts.tables import TableError
from reinforcement.competencies.models import Competency
from reinforcement.competencies.services import branch_of
from reinforcement.competencies.tree import in_tree_order
from reinforcement.importing import services, writing
from reinforcement.importing.comparing import Entry, State
from reinforcement.importing.forms import ApplyForm, MappingForm, ReadAsForm, UploadForm, initial_of
from reinforcement.importing.models import QuestionImport
from reinforcement.importing.reading import FORMATS, TABLES, table_of
from reinforcement.questions import queries
from reinforcement.questions.kinds.registry import kind
from reinforcement.questions.models import Question

PAGE_SIZE = 20

authors_only = role_required(lambda member: member.is_author)


@authors_only
@require_http_methods(["GET", "POST"])
def import_start(request):
    places = in_tree_order(Competency.objects.visible_to(request.member).filter(archived_at=None))
    form = UploadForm(request.POST or None, request.FILES or None, places=places)
    if request.method == "GET" or not form.is_valid():
        context = {"form": form, "formats": writing.FORMATS}
        return render(request, "reinforcement/import_start.html", context, status=422 if request.method == "POST" else 200)
    file, competency = form.cleaned_data["file"], form.cleaned_data["competency"]
    waiting = services.keep_file(
        request.member, file_name=file.name, data=file.read(), competency=competency.name if competency else "", now=timezone.now()
    )
    return redirect("reinforcement:import_check", waiting.public_id)


@authors_only
@require_http_methods(["GET", "POST"])
def import_check(request, public_id):
    """What the file would do, row by row; a post says which column holds what."""
    waiting = _waiting(request, public_id)
    if request.method == "POST":
        try:
            table = table_of(services.source_of(waiting))
        except TableError:
            return redirect("reinforcement:import_check", waiting.public_id)
        form = MappingForm(request.POST, table=table)
        has_header = "has_header" in request.POST
        if has_header != (table.header is not None):
            # Other names and another first row: what was guessed for the columns is guessed again.
            services.say_about(waiting, mapping="", has_header=has_header)
        elif form.is_valid():
            services.say_about(waiting, mapping=form.mapping, has_header=has_header)
        else:
            return _check_page(request, waiting, form, status=422)
        return redirect("reinforcement:import_check", waiting.public_id)
    return _check_page(request, waiting)


@authors_only
@require_POST
def import_read_as(request, public_id):
    """The author says in which format and encoding the file is; the page then shows it read like that."""
    waiting = _waiting(request, public_id)
    form = ReadAsForm(request.POST)
    if not form.is_valid():
        return _check_page(request, waiting, read_as_form=form, status=422)
    services.read_as(waiting, file_format=form.cleaned_data["file_format"], encoding=form.cleaned_data["encoding"])
    return redirect("reinforcement:import_check", waiting.public_id)


@authors_only
@require_POST
def import_apply(request, public_id):
    waiting = _waiting(request, public_id)
    form = ApplyForm(request.POST)
    if not form.is_valid():
        return _check_page(request, waiting, apply_form=form, status=422)
    try:
        done = services.apply_file(waiting, restarts=form.cleaned_data["restarts"], program_name=form.cleaned_data["program"])
    except QuestionImport.DoesNotExist:
        return redirect("reinforcement:question_list")
    except services.ImportRejected:
        messages.error(request, _("Nothing was changed. See what is to mend."))
        return redirect("reinforcement:import_check", waiting.public_id)
    created, updated = done.plan.count(State.NEW), done.plan.count(State.CHANGED)
    words = [
        ngettext("%(count)d new question.", "%(count)d new questions.", created) % {"count": created},
        ngettext("%(count)d changed.", "%(count)d changed.", updated) % {"count": updated},
    ]
    if done.program is not None:
        words.append(_("They are in the program “%(name)s”.") % {"name": done.program.name})
    messages.success(request, " ".join(words))
    if done.program is not None:
        # The next step is there: who takes part.
        return redirect("reinforcement:program_detail", done.program.public_id)
    return redirect("reinforcement:question_list")


@role_required(access.reads_all_content)
@require_GET
def question_export(request, file_format: str):
    """The questions in use, or of one competency with all that stands under it, as a file. Its name says how many are not in it."""
    writing_format = writing.FORMATS.get(file_format)
    if writing_format is None:
        raise Http404
    bank = queries.with_wordings(Question.objects.visible_to(request.member).in_use()).select_related("competency", "current_version")
    if asked_for := request.GET.get("competency", ""):
        competency = get_object_or_404(Competency.objects.visible_to(request.member), public_id=_as_uuid(asked_for))
        bank = bank.filter(competency_id__in=branch_of(request.member.organization, competency))
    written = writing_format.write([writing.as_file_question(question) for question in bank.order_by("competency__position", "pk")])
    name = f"questions-without-{written.left_out}" if written.left_out else "questions"
    headers = {"Content-Disposition": f'attachment; filename="{name}{writing_format.suffix}"'}
    return HttpResponse(written.data, content_type=writing_format.content_type, headers=headers)


def _as_uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise Http404 from None


@authors_only
@require_POST
def import_cancel(request, public_id):
    services.forget_file(_waiting(request, public_id))
    messages.success(request, _("The file is gone. Nothing was changed."))
    return redirect("reinforcement:question_list")


def _waiting(request, public_id) -> QuestionImport:
    return get_object_or_404(QuestionImport.objects.editable_by(request.member), public_id=public_id)


def _check_page(
    request,
    waiting: QuestionImport,
    form: MappingForm | None = None,
    apply_form: ApplyForm | None = None,
    read_as_form: ReadAsForm | None = None,
    status: int = 200,
):
    plan = services.plan_import(request.member.organization, services.source_of(waiting))
    if form is None and plan.table is not None:
        form = MappingForm(initial=initial_of(plan.mapping, plan.table), table=plan.table)
    counts = {state.value: plan.count(state) for state in State}
    shown = request.GET.get("show", "")
    if shown not in counts:
        shown = next((state for state in counts if counts[state]), State.NEW.value)
    page = Paginator([entry for entry in plan.entries if entry.state == shown], PAGE_SIZE).get_page(request.GET.get("page"))
    labels = {State.NEW: _("New"), State.CHANGED: _("Changed"), State.UNCHANGED: _("Unchanged")}
    context = {
        "waiting": waiting,
        "plan": plan,
        "form": form,
        "apply_form": apply_form or ApplyForm(),
        "read_as_form": read_as_form or ReadAsForm(initial={"file_format": plan.format, "encoding": waiting.encoding}),
        "format_name": FORMATS.get(plan.format, ""),
        "is_table": plan.format in TABLES,
        "counts": counts,
        "changes": counts[State.NEW] + counts[State.CHANGED],
        "cards": [_card(entry) for entry in page],
        "page": page,
        "query": f"show={shown}&",
        "tabs": [
            {"url": f"?show={state}", "label": f"{labels[state]} {counts[state]}", "is_current": state == shown}
            for state in State
            if counts[state]
        ],
    }
    return render(request, "reinforcement/import_check.html", context, status=status)


def _card(entry: Entry) -> dict:
    """One question as the page shows it, with the right answers marked."""
    asked = kind(entry.asked.kind)
    content, key = entry.asked.words.content | {"keep_order": True}, entry.asked.answer_key
    return {"entry": entry, "kind": asked, "checked": asked.show_checked(content, key, asked.right_response(key, content), "")}
