"""The page behind the link of an invitation. A GET changes nothing: mail scanners open links too."""

from allauth.account.adapter import get_adapter
from allauth.account.internal.flows.login_by_code import LoginCodeVerificationProcess
from allauth.core import ratelimit
from django import forms
from django.contrib.auth.password_validation import validate_password
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from accounts.invitations import services
from accounts.models import Invitation, User
from accounts.signin.sessions import act_as


class PasswordForm(forms.Form):
    """A password for `user`, checked by the installation's rules."""

    password = forms.CharField(
        label=gettext_lazy("Choose a password"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=gettext_lazy("At least 12 characters. Three or four words together are easy to keep in mind."),
    )

    def __init__(self, *args, user: User, **kwargs):
        super().__init__(*args, **kwargs)
        self.user = user

    def clean_password(self) -> str:
        validate_password(self.cleaned_data["password"], self.user)
        return self.cleaned_data["password"]


@never_cache
@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
def invitation(request, secret):
    rows = Invitation.objects.select_related("organization", "member__organization", "member__user", "invited_by")
    found = rows.filter(secret=secret).first()
    is_own = found is not None and request.user == found.member.user
    if is_own and found.accepted_at is not None:
        return redirect("home")
    if found is None or not Invitation.objects.open_at(timezone.now()).filter(pk=found.pk).exists():
        return _gone(request)
    translation.activate(found.member.language)
    if request.method != "POST":
        return _page(request, found)
    if is_own:
        return _accept(request, found)
    if request.user.is_authenticated or found.member.user.has_usable_password():
        # Signed in as somebody else, or with a password to sign in with: the page says what to do first.
        return _page(request, found, status=403)
    return _mail_code(request, found) if request.POST.get("way") == "code" else _set_password(request, found)


def _page(request, found: Invitation, *, form: PasswordForm | None = None, status: int = 200) -> HttpResponse:
    user = found.member.user
    here = reverse("accounts:invitation", args=[found.secret])
    context = {
        "invitation": found,
        "form": form or PasswordForm(user=user),
        "is_own": request.user == user,
        "has_password": user.has_usable_password(),
        "sign_in_url": f"{reverse('account_login')}?{urlencode({'next': here})}",
        "here": here,
    }
    return render(request, "accounts/invitation.html", context, status=status)


def _gone(request) -> HttpResponse:
    """The same for an invitation that has ended, was used, or never was."""
    return render(request, "accounts/invitation_gone.html", status=404)


def _accept(request, found: Invitation) -> HttpResponse:
    if not services.accept(found):
        return _gone(request)
    act_as(request, found.member)
    return redirect("home")


def _set_password(request, found: Invitation) -> HttpResponse:
    user = found.member.user
    form = PasswordForm(request.POST, user=user)
    if not form.is_valid():
        return _page(request, found, form=form, status=422)
    if not services.accept_with_password(found, form.cleaned_data["password"]):
        return _gone(request)
    get_adapter(request).login(request, user)
    act_as(request, found.member)
    return redirect("home")


def _mail_code(request, found: Invitation) -> HttpResponse:
    """Mails a code to the address of the invitation; after it the person comes back here, signed in."""
    user = found.member.user
    if not ratelimit.consume(request, action="request_login_code", key=user.email):
        form = PasswordForm(user=user)
        return _page(request, found, form=form, status=429)
    LoginCodeVerificationProcess.initiate(request=request, user=user, email=user.email)
    here = reverse("accounts:invitation", args=[found.secret])
    return redirect(f"{reverse('account_confirm_login_code')}?{urlencode({'next': here})}")
