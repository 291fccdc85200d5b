"""Pick a person and look through their eyes. For everybody but this machine in demo mode these pages do not exist."""

from dataclasses import asdict, dataclass
from functools import wraps

from django.conf import settings
from django.contrib.auth import login
from django.http import Http404, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from accounts.middleware import MEMBER_SESSION_KEY
from accounts.models import Member, Organization
from dashboards.demo.accounts import DemoAccount, is_open_to, read_accounts

BACKEND = "accounts.signin.backend.MembershipBackend"


def demo_only(view):
    @wraps(view)
    def checked(request, *args, **kwargs):
        if not is_open_to(request):
            raise Http404
        return view(request, *args, **kwargs)

    return checked


@dataclass(frozen=True)
class Persona:
    """A person to try, with what there is to see."""

    account: DemoAccount
    role: str
    sees: str


@require_GET
@never_cache
@demo_only
def demo(request):
    groups = [
        (organization.name, _personas([account for account in read_accounts() if account.organization == organization.slug]))
        for organization in Organization.objects.filter(is_demo=True).order_by("pk")
    ]
    context = {"groups": groups, "accounts": read_accounts(), "mail_folder": getattr(settings, "EMAIL_FILE_PATH", "")}
    return render(request, "dashboards/demo.html", context)


@require_GET
@never_cache
@demo_only
def accounts(request):
    rows = [asdict(account) for account in read_accounts()]
    return JsonResponse([{name: row[name] for name in ("email", "password", "roles", "organization")} for row in rows], safe=False)


@require_POST
@demo_only
def sign_in(request):
    known = {account.member for account in read_accounts()}
    if request.POST.get("member") not in known:
        raise Http404
    member = get_object_or_404(Member.objects.select_related("user"), public_id=request.POST["member"], organization__is_demo=True)
    login(request, member.user, backend=BACKEND)
    request.session[MEMBER_SESSION_KEY] = member.pk
    return redirect("home")


def _personas(accounts: list[DemoAccount]) -> list[Persona]:
    """One person for each role, the one with the fewest other roles."""
    sees = {
        "seller": (_("Seller"), _("Today's questions on a phone, the verdict, own progress")),
        "manager": (_("Manager"), _("What the own line knows, person by person")),
        "author": (_("Author"), _("Questions, imports and programs")),
        "hr": (_("HR"), _("Figures by team, small ones together; people, questions and programs, to read")),
        "leadership": (_("Leadership"), _("Figures by team: competencies, weeks, participation")),
        "owner": (_("Owner"), _("People, teams, invitations and imports")),
    }
    found = []
    for role, (name, what) in sees.items():
        holders = sorted((account for account in accounts if role in account.roles), key=lambda account: len(account.roles))
        found += [Persona(account, name, what) for account in holders[:1]]
    return found
