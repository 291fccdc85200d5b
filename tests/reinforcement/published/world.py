"""Organizations with learning records, made quickly: teams, people in them, and what they answered."""

from datetime import UTC, date, datetime, timedelta

from accounts.models import Member, Organization, Team, TeamMembership, User
from accounts.people import services as people
from reinforcement.models import Competency, LastAnswers, MemberWeek, ProficiencyWeek

# A Wednesday, so that the week before has closed.
DAY = date(2026, 3, 4)
LONG_AGO = date(2020, 1, 1)


def moment(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 12, tzinfo=UTC)


def week_before(day: date, weeks: int = 1) -> date:
    """Monday of the week that lies so many weeks before the one of `day`."""
    return day - timedelta(days=day.weekday(), weeks=weeks)


def add_team(organization: Organization, name: str, parent: Team | None = None) -> Team:
    return Team.objects.create(organization=organization, parent=parent or people.root_team(organization), name=name)


def add_sellers(team: Team, count: int) -> list[Member]:
    """Sellers of the team since long ago. Four statements."""
    start = User.objects.count()
    users = User.objects.bulk_create(User(email=f"seller{start + number}@{team.organization.slug}.example") for number in range(count))
    members = Member.objects.bulk_create(
        Member(organization=team.organization, user=user, name=f"Seller {user.pk}", is_seller=True) for user in users
    )
    TeamMembership.objects.bulk_create(
        TeamMembership(organization=team.organization, member=member, team=team, started_on=LONG_AGO) for member in members
    )
    return members


def stand(member: Member, competency: Competency, right: int, questions: int = 10) -> None:
    """*Right at last answer* of the member becomes `right` of `questions`."""
    root = people.root_team(member.organization)
    LastAnswers.objects.update_or_create(
        member=member,
        competency=competency,
        team=root,
        defaults={"organization": member.organization, "questions": questions, "right": right},
    )


def expect(member: Member, competency: Competency, expected: float, questions: int = 10, answers: int = 24) -> None:
    """*Current proficiency* of the member becomes `expected` of `questions`."""
    ProficiencyWeek.objects.update_or_create(
        member=member,
        competency=competency,
        week_on=week_before(DAY, 0),
        defaults={
            "organization": member.organization,
            "counted_at": moment(DAY),
            "questions": questions,
            "answers": answers,
            "expected": expected,
            "variance": 0.0,
            "unpractised": [],
        },
    )


def answer_in(week_on: date, member: Member, competency: Competency, *, answered: int = 5, right: int = 3, presented: int = 5) -> None:
    MemberWeek.objects.create(
        organization=member.organization,
        member=member,
        competency=competency,
        week_on=week_on,
        answered=answered,
        right=right,
        presented=presented,
    )


TEAMS = {"Benelux North": 7, "Benelux South": 8, "Inside sales": 3, "Luxembourg": 2}


def make_four_teams(organization: Organization, weeks: int = 6) -> None:
    """Four teams, two of them small, that were asked for so many weeks before DAY (9 at most) and answered more and more right."""
    competencies = [
        Competency.objects.create(organization=organization, name=name) for name in ("Questioning", "Value and price", "Negotiation")
    ]
    for name, count in TEAMS.items():
        for number, seller in enumerate(add_sellers(add_team(organization, name), count)):
            # One of the small teams has not begun with the last competency.
            for place, competency in enumerate(competencies[: 2 if name == "Luxembourg" else 3]):
                stand(seller, competency, 8 - 2 * place)
                expect(seller, competency, 7.0 - 1.5 * place)
                for week in range(1, weeks + 1):
                    answered = 0 if number == 0 else 10
                    right = answered * (9 - week) // 10
                    answer_in(week_before(DAY, week), seller, competency, answered=answered, right=right, presented=12)
