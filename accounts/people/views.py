"""Pages about people: the owner changes them, HR reads."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import access
from accounts.invitations import services as invitations
from accounts.models import Member
from accounts.people import services
from accounts.people.forms import MemberForm, NewMemberForm, SearchForm
from accounts.people.queries import people_for_list, with_place
from accounts.signin.decorators import role_required

PAGE_SIZE = 50


@role_required(access.reads_people)
@require_safe
def people(request):
    form = SearchForm(request.GET)
    wanted = form.cleaned_data if form.is_valid() else {"q": "", "state": ""}
    found = people_for_list(request.member, search=wanted["q"], state=wanted["state"])
    page = Paginator(found, PAGE_SIZE).get_page(request.GET.get("page"))
    context = {"form": form, "page": page, "is_narrowed": any(wanted.values()), "can_write": access.writes_people(request.member)}
    return render(request, "accounts/people.html", context)


@role_required(access.writes_people)
@require_http_methods(["GET", "HEAD", "POST"])
def person_add(request):
    form = NewMemberForm(request.POST or None, owner=request.member)
    if request.method == "POST" and form.is_valid():
        member = services.add_member(request.member.organization, **form.settings())
        invitations.invite(member, by=request.member)
        messages.success(request, _("%(name)s is invited by mail.") % {"name": member.name})
        return redirect("accounts:people")
    return _form_page(request, "accounts/person_add.html", {"form": form})


@role_required(access.reads_people)
@require_http_methods(["GET", "HEAD", "POST"])
def person(request, public_id):
    if request.method != "POST" and not access.writes_people(request.member):
        member = get_object_or_404(_with_place(request, Member.objects.visible_to(request.member)), public_id=public_id)
        return render(request, "accounts/person.html", {"person": member})
    member = get_object_or_404(_with_place(request, Member.objects.editable_by(request.member)), public_id=public_id)
    form = MemberForm(request.POST or None, instance=member, owner=request.member, initial=_initial(request, member))
    if request.method == "POST" and form.is_valid() and _save(member, form):
        messages.success(request, _("Saved."))
        return redirect("accounts:person", public_id=member.public_id)
    return _form_page(request, "accounts/person_edit.html", {"form": form, "person": member})


@role_required(access.writes_people)
@require_POST
def person_invite(request, public_id):
    member = get_object_or_404(_uninvited(request), public_id=public_id)
    invitations.invite(member, by=request.member)
    messages.success(request, _("%(name)s is invited by mail.") % {"name": member.name})
    return redirect("accounts:person", public_id=member.public_id)


@role_required(access.writes_people)
@require_POST
def people_invite(request):
    """Everybody who has not signed in gets a new invitation."""
    count = invitations.invite_all(_uninvited(request), by=request.member)
    messages.success(request, ngettext("%(count)d person is invited.", "%(count)d people are invited.", count) % {"count": count})
    return redirect("accounts:people")


@role_required(access.writes_people)
@require_POST
def person_deactivate(request, public_id):
    member = get_object_or_404(Member.objects.editable_by(request.member), public_id=public_id, is_active=True)
    try:
        services.deactivate(member)
    except services.LastOwner:
        messages.error(request, _("%(name)s is the only owner. Make somebody else an owner first.") % {"name": member.name})
        return redirect("accounts:person", public_id=member.public_id)
    messages.success(request, _("%(name)s no longer has access. What was learned stays.") % {"name": member.name})
    # An owner may leave; the own page is closed from here on.
    return redirect("home" if member.pk == request.member.pk else "accounts:people")


@role_required(access.writes_people)
@require_POST
def person_reactivate(request, public_id):
    member = get_object_or_404(Member.objects.editable_by(request.member), public_id=public_id, is_active=False)
    services.reactivate(member)
    messages.success(request, _("%(name)s is back, with the same roles, team and manager.") % {"name": member.name})
    return redirect("accounts:person", public_id=member.public_id)


def _uninvited(request):
    members = Member.objects.editable_by(request.member).filter(is_active=True, last_signed_in_at=None)
    return members.select_related("user", "organization")


def _with_place(request, members):
    return with_place(members, access.today_of(request.member)).select_related("user", "invitation")


def _initial(request, member) -> dict:
    manager = Member.objects.editable_by(request.member).filter(pk=member.manager_id_now).select_related("user").first()
    team = member.team_memberships.filter(team_id=member.team_id_now).select_related("team").first()
    return {"roles": member.roles, "team": team and str(team.team.public_id), "manager": manager and manager.email}


def _save(member: Member, form: MemberForm) -> bool:
    """Whether the form's values were taken; if not, the reason stands at its field."""
    try:
        services.change_member(member, **form.settings())
    except services.LineInACircle:
        form.add_error(
            "manager", _("This manager reports to %(name)s, directly or through others. Choose somebody else.") % {"name": member.name}
        )
    except services.LastOwner:
        form.add_error("roles", _("Somebody must be the owner. Make another person an owner first."))
    else:
        return True
    return False


def _form_page(request, template: str, context: dict) -> HttpResponse:
    return render(request, template, context, status=422 if context["form"].errors else 200)
