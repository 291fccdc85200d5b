"""The member's own page: habits, days off, keys to the API."""

from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from accounts import access
from accounts.me import services
from accounts.me.forms import AbsenceForm, SettingsForm, StartForm, TokenForm
from accounts.me.queries import coming_absences
from accounts.models import Absence, ApiToken, Member
from accounts.people.queries import with_place
from accounts.signin.decorators import member_required


@member_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def me(request):
    form = SettingsForm(request.POST or None, instance=_own_row(request))
    if request.method == "POST" and form.is_valid():
        services.change_settings(_own_row(request), **form.cleaned_data)
        translation.activate(form.cleaned_data["language"])
        messages.success(request, _("Saved."))
        return redirect("accounts:me")
    return _page(request, settings=form)


@member_required
@require_POST
def absence_add(request):
    form = AbsenceForm(request.POST)
    if form.is_valid():
        try:
            services.add_absence(request.member, **form.cleaned_data)
        except services.AbsenceOverlaps:
            form.add_error("started_on", _("You are away in that time already. Choose other days."))
        else:
            # A set that was made before stays; whether there is one is not known in this room.
            if form.cleaned_data["started_on"] <= access.today_of(request.member):
                said = _("Noted. If today's set is there already, it stays open. No other comes in that time, and your streak stays.")
            else:
                said = _("Noted. No set comes in that time, and your streak stays.")
            messages.success(request, said)
            return redirect("accounts:me")
    return _page(request, absence=form)


@member_required
@require_POST
def absence_end(request):
    form = StartForm(request.POST)
    if not form.is_valid():
        raise Http404
    absence = get_object_or_404(coming_absences(request.member), started_on=form.cleaned_data["started_on"])
    services.end_absence(absence, on=access.today_of(request.member))
    messages.success(request, _("Done. Your sets come again."))
    return redirect("accounts:me")


@member_required
@never_cache
@require_POST
def token_issue(request):
    """Answers with the page itself: the secret is shown once and must not be kept for a redirect."""
    form = TokenForm(request.POST)
    if form.is_valid():
        try:
            secret = services.issue_token(request.member, form.cleaned_data["name"])
        except services.TokenNameTaken:
            form.add_error("name", _("You have a key with this name. Choose another name."))
        else:
            return _page(request, secret=secret)
    return _page(request, token=form)


@member_required
@require_POST
def token_withdraw(request):
    token = get_object_or_404(ApiToken.objects.editable_by(request.member), name=request.POST.get("name", ""))
    services.withdraw_token(token)
    messages.success(request, _("Withdrawn. It opens nothing any more."))
    return redirect("accounts:me")


def _own_row(request) -> Member:
    """The member again, since a refused form writes into the row it was given."""
    return Member.objects.get(organization_id=request.member.organization_id, pk=request.member.pk)


def _page(request, *, settings=None, absence=None, token=None, secret=""):
    place = with_place(
        Member.objects.filter(organization_id=request.member.organization_id, pk=request.member.pk), access.today_of(request.member)
    ).get()
    filled = [form for form in (settings, absence, token) if form is not None and form.errors]
    context = {
        "settings_form": settings or SettingsForm(instance=_own_row(request)),
        "absence_form": absence or AbsenceForm(initial={"kind": Absence.Kind.DAY_OFF}),
        "token_form": token or TokenForm(),
        "secret": secret,
        "place": place,
        "absences": coming_absences(request.member),
        "tokens": ApiToken.objects.visible_to(request.member),
    }
    return render(request, "accounts/me.html", context, status=422 if filled else 200)
