"""The page of teams: the owner changes the tree, HR reads it."""

from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts import access
from accounts.models import Team
from accounts.signin.decorators import role_required
from accounts.teams import services
from accounts.teams.forms import TeamForm
from accounts.teams.queries import tree_visible_to


@role_required(access.reads_people)
@require_http_methods(["GET", "HEAD", "POST"])
def teams(request):
    """The tree; a POST adds a team."""
    can_write = access.writes_people(request.member)
    if request.method == "POST" and not can_write:
        raise Http404
    form = TeamForm(request.POST or None, owner=request.member) if can_write else None
    if request.method == "POST" and form.is_valid():
        try:
            team = services.add_team(form.cleaned_data["parent"], form.cleaned_data["name"])
        except services.TeamNameTaken:
            form.add_error("name", _("A team with this name stands there already."))
        else:
            messages.success(request, _("%(name)s is added.") % {"name": team.name})
            return redirect("accounts:teams")
    branches = tree_visible_to(request.member, access.today_of(request.member))
    status = 422 if form is not None and form.errors else 200
    return render(request, "accounts/teams.html", {"branches": branches, "form": form}, status=status)


@role_required(access.writes_people)
@require_http_methods(["GET", "HEAD", "POST"])
def team(request, public_id):
    found = get_object_or_404(Team.objects.editable_by(request.member).select_related("parent"), public_id=public_id)
    initial = {"name": found.name, "parent": found.parent and str(found.parent.public_id)}
    form = TeamForm(request.POST or None, owner=request.member, team=found, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            services.change_team(found, name=form.cleaned_data["name"], parent=form.cleaned_data.get("parent"))
        except services.TeamNameTaken:
            form.add_error("name", _("A team with this name stands there already."))
        except services.TeamBelowItself:
            form.add_error("parent", _("A team cannot stand below itself. Choose another place."))
        else:
            messages.success(request, _("Saved."))
            return redirect("accounts:teams")
    return render(request, "accounts/team_edit.html", {"team": found, "form": form}, status=422 if form.errors else 200)
