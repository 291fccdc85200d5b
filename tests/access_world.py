"""Two organizations of the same shape, with a person in each role and one object of each kind, for the matrix of access."""

import uuid
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from django.test import Client
from django.utils import timezone

from accounts.invitations import services as invitations
from accounts.me import services as me
from accounts.member_import import services as member_import
from accounts.models import Member, OrganizationHoliday
from accounts.people import services as people
from reinforcement.daily import links
from reinforcement.models import QuestionImport
from tests.access_policy import MEMBERS, WITHOUT_MEMBERSHIP
from tests.factories import (
    AuthorFactory,
    CompetencyFactory,
    DailySetFactory,
    HrFactory,
    LeadershipFactory,
    MemberFactory,
    OrganizationFactory,
    OwnerFactory,
    ProgramFactory,
    QuestionFactory,
    SellerFactory,
    TeamFactory,
    UserFactory,
)


@dataclass
class Side:
    """One organization. `objects` has each object's name in addresses and posts; a function takes the role that asks."""

    members: dict[str, Member]
    objects: dict[str, Any] = field(default_factory=dict)

    def value(self, name: str, role: str):
        found = self.objects[name]
        role = role if role in self.members else "seller"
        return found(role) if callable(found) else found


@dataclass
class World:
    own: Side
    other: Side
    # Role -> the cookie of a session; visitors have none.
    sessions: dict[str, str]


def make_world() -> World:
    own, other = make_side(own=True), make_side(own=False)
    users = {role: member.user for role, member in own.members.items()}
    former = SellerFactory(organization=own.members["owner"].organization)
    people.deactivate(former)
    users |= {"user without membership": UserFactory(), "former member": former.user, "operator": UserFactory(is_staff=True)}
    assert set(users) == {*MEMBERS, *WITHOUT_MEMBERSHIP}
    return World(own, other, {role: _session_of(user) for role, user in users.items()})


def _session_of(user) -> str:
    client = Client()
    client.force_login(user)
    return client.cookies["sessionid"].value


def make_side(*, own: bool) -> Side:
    organization = OrganizationFactory()
    manager, other_manager = MemberFactory.create_batch(2, organization=organization)
    seller, colleague = SellerFactory.create_batch(2, organization=organization, manager=manager)
    SellerFactory(organization=organization, manager=other_manager)
    members = {
        "seller": seller,
        "colleague": colleague,
        "manager": manager,
        "other manager": other_manager,
        "author": AuthorFactory(organization=organization),
        "hr": HrFactory(organization=organization),
        "leadership": LeadershipFactory(organization=organization),
        "owner": OwnerFactory(organization=organization),
    }
    side = Side(members)
    side.objects = _objects(side, is_own=own)
    return side


def _objects(side: Side, *, is_own: bool) -> dict[str, Any]:
    """Name -> what an address or a post calls the object by."""
    organization, owner, author, seller = (
        side.members["owner"].organization,
        side.members["owner"],
        side.members["author"],
        side.members["seller"],
    )
    newcomer, leaver = SellerFactory.create_batch(2, organization=organization)
    people.deactivate(leaver)
    invitation = invitations.invite(SellerFactory(organization=organization), by=owner)
    # A day tells no organizations apart: each has its own.
    today = timezone.localdate(timezone=owner.zone)
    first_day = today + timedelta(days=30 if is_own else 60)
    OrganizationHoliday.objects.create(organization=organization, day=first_day, name="Founders' day")
    for role, member in side.members.items():
        me.add_absence(member, kind="day_off", started_on=first_day, ended_on=first_day)
        me.issue_token(member, f"{role} {'own' if is_own else 'other'}")
    people_import = member_import.keep_for_preview(owner, file_name="people.csv", content=b"email,name\nnew@example.org,New\n")
    competency = CompetencyFactory(organization=organization)
    question = QuestionFactory(organization=organization, competency=competency)
    question_import = QuestionImport.objects.create(
        organization=organization,
        created_by=author,
        file_name="questions.csv",
        data=b"question,a,b,answer\nWhat do you ask first?,The budget,The problem,b\n",
    )
    daily_set = DailySetFactory(member=seller)
    item = daily_set.items.first()
    return {
        "oneself": lambda role: side.members[role].public_id,
        "seller": seller.public_id,
        "newcomer": newcomer.public_id,
        "leaver": leaver.public_id,
        "invitation": invitation.secret,
        "team": TeamFactory(organization=organization).public_id,
        "holiday": first_day.isoformat(),
        "absence": first_day.isoformat(),
        "token": lambda role: f"{role} {'own' if is_own else 'other'}",
        "people_import": people_import.public_id,
        "competency": competency.public_id,
        "question": question.public_id,
        "question_import": question_import.public_id,
        "item": item.key,
        "link": links.token_of(daily_set.public_id),
        "stop": links.stop_link_of(daily_set.member.public_id).rstrip("/").split("/")[-2],
        "program": item.program.public_id,
        "compared_program": ProgramFactory(organization=organization, created_by=author, mode="adaptive", fixed_share=20).public_id,
        "question_in_program": item.question.public_id,
    }


def missing(value):
    """A value of the same form that names nothing."""
    if isinstance(value, uuid.UUID):
        return uuid.uuid4()
    if isinstance(value, int):
        return 2**62
    return "x" * len(value)
