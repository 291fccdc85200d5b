"""The page on which an author ticks who takes part."""

from dataclasses import dataclass
from uuid import UUID

from django.contrib import messages
from django.db.models import QuerySet
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods
from django.views.decorators.vary import vary_on_headers

from accounts import access
from accounts.models import Member, Team
from accounts.signin.decorators import role_required
from reinforcement.programs import queries, services
from reinforcement.programs.forms import read_ids
from reinforcement.programs.models import Program

FOUND_AT_MOST = 20


@dataclass(frozen=True, slots=True)
class Ticked:
    """Public ids of the teams and members that are ticked."""

    teams: set[UUID]
    members: set[UUID]

    @classmethod
    def of_program(cls, program: Program) -> "Ticked":
        lines = program.audience.filter(organization_id=program.organization_id).values_list("team__public_id", "member__public_id")
        return cls({team for team, _member in lines if team}, {member for _team, member in lines if member})

    @classmethod
    def of_post(cls, posted) -> "Ticked":
        return cls(read_ids(posted.getlist("team")), read_ids(posted.getlist("member")))


@require_http_methods(["GET", "HEAD", "POST"])
@role_required(lambda member: member.is_author)
@vary_on_headers("HX-Request")
def program_audience(request, public_id):
    """Searching and counting keep what is ticked and save nothing."""
    programs = Program.objects.editable_by(request.member).exclude(state=Program.State.ENDED)
    program = get_object_or_404(programs, public_id=public_id)
    ticked = Ticked.of_post(request.POST) if request.method == "POST" else Ticked.of_program(program)
    teams = list(Team.objects.visible_to(request.member))
    open_members = Member.objects.active().filter(access.audience_visible_to(request.member))
    chosen_teams = [team for team in teams if team.public_id in ticked.teams]
    chosen_members = list(open_members.filter(public_id__in=ticked.members))
    step = request.POST.get("do", "save")
    if request.method == "POST" and step == "save":
        services.set_audience(program, [*chosen_teams, *chosen_members])
        people = _count(request, program, chosen_teams, chosen_members)
        text = ngettext("The program is for %(number)d seller now.", "The program is for %(number)d sellers now.", people)
        messages.success(request, text % {"number": people})
        return redirect("reinforcement:program_detail", program.public_id)
    search = request.POST.get("search", "").strip()
    found = (
        list(_found(open_members, search).exclude(pk__in=[member.pk for member in chosen_members])[: FOUND_AT_MOST + 1]) if search else []
    )
    context = {
        "program": program,
        "branches": queries.team_tree(teams),
        "chosen_team_ids": {team.pk for team in chosen_teams},
        "chosen_members": chosen_members,
        "search": search,
        "found": found[:FOUND_AT_MOST],
        "has_more": len(found) > FOUND_AT_MOST,
        "people": _count(request, program, chosen_teams, chosen_members),
    }
    template = "_program_audience_size.html" if request.htmx and step == "count" else "program_audience.html"
    return render(request, f"reinforcement/{template}", context)


def _found(members: QuerySet[Member], search: str) -> QuerySet[Member]:
    for word in search.split():
        members = members.filter(name__icontains=word)
    return members.filter(is_seller=True)


def _count(request, program: Program, teams: list[Team], members: list[Member]) -> int:
    people = queries.sellers_of(
        program.organization_id,
        team_ids=[team.pk for team in teams],
        member_ids=[member.pk for member in members],
        day=access.today_of(request.member),
    )
    return people.count()
