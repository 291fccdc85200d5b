"""Pages of the competency tree: authors write, managers and HR read."""

from django.contrib import messages
from django.db.models import Count, Q
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts import access
from accounts.signin.decorators import role_required
from reinforcement.competencies import services
from reinforcement.competencies.forms import CompetencyForm, initial_of
from reinforcement.competencies.models import Competency
from reinforcement.competencies.tree import add_up, in_tree_order

readers_only = role_required(access.reads_all_content)
authors_only = role_required(lambda member: member.is_author)


@readers_only
@require_GET
def competency_list(request):
    counted = Competency.objects.visible_to(request.member).annotate(
        question_count=Count("questions", filter=Q(questions__archived_at=None)),
    )
    competencies = list(counted.prefetch_related("levels"))
    # A competency that only gathers others would say 0 above questions; its link opens all of its branch too.
    sums = add_up(competencies, {competency.pk: competency.question_count for competency in competencies})
    for competency in competencies:
        competency.question_count = sums[competency.pk]
    in_use = [competency for competency in competencies if competency.archived_at is None]
    archived = [competency for competency in competencies if competency.archived_at is not None]
    context = {"places": in_tree_order(in_use), "archived": archived, "can_edit": request.member.is_author}
    return render(request, "reinforcement/competency_list.html", context)


@authors_only
@require_http_methods(["GET", "POST"])
def competency_create(request):
    form = CompetencyForm(request.POST or None, organization=request.member.organization, initial={"parent": request.GET.get("parent", "")})
    if request.method == "POST" and form.is_valid():
        competency = services.create_competency(request.member.organization, **form.details())
        messages.success(request, _("“%(name)s” is in the tree.") % {"name": competency.name})
        return redirect("reinforcement:competency_list")
    return render(request, "reinforcement/competency_form.html", {"form": form}, status=422 if form.is_bound else 200)


@authors_only
@require_http_methods(["GET", "POST"])
def competency_change(request, public_id):
    competency = _editable(request, public_id)
    form = CompetencyForm(
        request.POST or None, organization=request.member.organization, competency=competency, initial=initial_of(competency)
    )
    if request.method == "POST" and form.is_valid():
        try:
            services.change_competency(competency, **form.details())
        except services.CompetencyInACircle:
            form.add_error("parent", _("This competency stands under the one you are moving. Choose another place."))
        else:
            messages.success(request, _("“%(name)s” is saved.") % {"name": competency.name})
            return redirect("reinforcement:competency_list")
    context = {"form": form, "competency": competency}
    return render(request, "reinforcement/competency_form.html", context, status=422 if form.is_bound else 200)


@authors_only
@require_POST
def competency_archive(request, public_id):
    competency = _editable(request, public_id)
    try:
        services.archive_competency(competency)
    except services.CompetencyInUse:
        messages.error(
            request, _("“%(name)s” still holds questions or competencies. Move or archive them first.") % {"name": competency.name}
        )
        return redirect("reinforcement:competency_change", competency.public_id)
    messages.success(request, _("“%(name)s” is archived.") % {"name": competency.name})
    return redirect("reinforcement:competency_list")


@authors_only
@require_POST
def competency_restore(request, public_id):
    competency = _editable(request, public_id)
    services.restore_competency(competency)
    messages.success(request, _("“%(name)s” is back in the tree.") % {"name": competency.name})
    return redirect("reinforcement:competency_list")


def _editable(request, public_id) -> Competency:
    editable = Competency.objects.editable_by(request.member).select_related("parent").prefetch_related("levels")
    return get_object_or_404(editable, public_id=public_id)
