"""Rows for tests. Each factory makes a whole, valid row in an organization of its own unless told otherwise."""

import uuid
from datetime import date, timedelta

import factory
from django.utils import timezone
from factory.django import DjangoModelFactory

from accounts.models import Member, Organization, Team, User
from accounts.people import services as people
from reinforcement.models import (
    Competency,
    DailySet,
    DailySetItem,
    Enrollment,
    LastAnswers,
    MemberWeek,
    ProficiencyWeek,
    Program,
    ProgramQuestion,
    Question,
    QuestionVersion,
    QuestionWording,
)

PASSWORD = "a long enough passphrase"


class UserFactory(DjangoModelFactory):
    class Meta:
        model = User
        skip_postgeneration_save = True

    email = factory.Sequence(lambda n: f"person{n}@example.org")

    @classmethod
    def _create(cls, model_class, *args, **kwargs):
        return model_class.objects.create_user(*args, **kwargs)


class OrganizationFactory(DjangoModelFactory):
    """An organization with its root team."""

    class Meta:
        model = Organization
        skip_postgeneration_save = True

    slug = factory.Sequence(lambda n: f"organization-{n}")
    name = factory.Sequence(lambda n: f"Organization {n}")

    @factory.post_generation
    def root(self, create, extracted, **kwargs):
        Team.objects.create(organization=self, parent=None, name=self.name)


class TeamFactory(DjangoModelFactory):
    class Meta:
        model = Team

    organization = factory.SubFactory(OrganizationFactory)
    parent = factory.LazyAttribute(lambda team: people.root_team(team.organization))
    name = factory.Sequence(lambda n: f"Team {n}")


class MemberFactory(DjangoModelFactory):
    """A member in the root team, or in `team`; `manager` starts the reporting line. Both since 2020."""

    class Meta:
        model = Member

    organization = factory.SubFactory(OrganizationFactory)
    email = factory.Sequence(lambda n: f"member{n}@example.org")
    name = factory.Sequence(lambda n: f"Member {n}")

    @classmethod
    def _create(cls, model_class, *args, organization, email, name, team=None, manager=None, **kwargs):
        return people.add_member(organization, email=email, name=name, team=team, manager=manager, on=date(2020, 1, 1), **kwargs)


class SellerFactory(MemberFactory):
    is_seller = True


class AuthorFactory(MemberFactory):
    is_author = True


class HrFactory(MemberFactory):
    is_hr = True


class LeadershipFactory(MemberFactory):
    is_leadership = True


class OwnerFactory(MemberFactory):
    is_owner = True


def make_line(organization=None, sellers: int = 2):
    """A manager and the sellers who report to that manager."""
    manager = MemberFactory(organization=organization or OrganizationFactory())
    return manager, SellerFactory.create_batch(sellers, organization=manager.organization, manager=manager)


class CompetencyFactory(DjangoModelFactory):
    class Meta:
        model = Competency

    organization = factory.SubFactory(OrganizationFactory)
    name = factory.Sequence(lambda n: f"Competency {n}")


OPTIONS = {
    "options": [
        {"id": "a", "text": "Ask what it costs them today", "feedback": ""},
        {"id": "b", "text": "Send the quote", "feedback": "Fast, but it can only be compared on price."},
        {"id": "c", "text": "Offer a second demo", "feedback": ""},
    ]
}


class QuestionFactory(DjangoModelFactory):
    """A question with one version and one English wording; `kind` and `right` choose how it is judged."""

    class Meta:
        model = Question
        skip_postgeneration_save = True

    organization = factory.SubFactory(OrganizationFactory)
    competency = factory.SubFactory(CompetencyFactory, organization=factory.SelfAttribute("..organization"))
    same_key = factory.Sequence(lambda n: f"key{n}")

    @classmethod
    def create(cls, kind="single", right=("a",), prompt=None, content=None, answer_key=None, **kwargs):
        question = super().create(**kwargs)
        key = answer_key or {"right": list(right)}
        version = QuestionVersion.objects.create(
            organization=question.organization, question=question, number=1, kind=kind, answer_key=key, language="en"
        )
        QuestionWording.objects.create(
            organization=question.organization,
            version=version,
            language="en",
            situation="<p>Van Loon Logistics saw your demo last week.</p>",
            prompt=prompt or f"What do you do first, case {question.pk}?",
            content=content or OPTIONS,
            explanation="<p>Before the cause is clear, a price can only be compared with other prices.</p>",
        )
        question.current_version = version
        question.save(update_fields=["current_version"])
        return question

    @classmethod
    def create_batch(cls, size, **kwargs):
        return [cls.create(**kwargs) for _ in range(size)]


class ProgramFactory(DjangoModelFactory):
    """A running program since 30 days, by date."""

    class Meta:
        model = Program

    organization = factory.SubFactory(OrganizationFactory)
    name = factory.Sequence(lambda n: f"Program {n}")
    mode = Program.Mode.FIXED
    state = Program.State.RUNNING
    starts_on = factory.LazyFunction(lambda: timezone.now().date() - timedelta(days=30))


def enroll(program: Program, *members: Member, on: date | None = None) -> None:
    """The members take part since the program's start."""
    for member in members:
        Enrollment.objects.create(organization=program.organization, program=program, member=member, started_on=on or program.starts_on)


def put_in(program: Program, *questions: Question) -> None:
    """The questions, in this order, at the end of the program."""
    start = program.program_questions.count()
    for position, question in enumerate(questions, start):
        ProgramQuestion.objects.create(organization=program.organization, program=program, question=question, position=position)


class DailySetFactory(DjangoModelFactory):
    """Today's set of a seller, with `questions` (made when not given) of one program."""

    class Meta:
        model = DailySet

    member = factory.SubFactory(SellerFactory)

    @classmethod
    def _create(cls, model_class, *args, member, questions=None, question_count=2, program=None, local_date=None, **kwargs):
        questions = questions or QuestionFactory.create_batch(question_count, organization=member.organization)
        if program is None:
            program = ProgramFactory(organization=member.organization)
            put_in(program, *questions)
            enroll(program, member)
        now = timezone.now()
        daily_set = DailySet.objects.create(
            organization=member.organization,
            member=member,
            team=member.team_memberships.get(ended_on=None).team,
            local_date=local_date or timezone.localdate(now, member.zone),
            size=len(questions),
            prepared_at=kwargs.pop("prepared_at", now - timedelta(hours=1)),
            run=uuid.uuid4(),
            **kwargs,
        )
        for position, question in enumerate(questions):
            DailySetItem.objects.create(
                organization=member.organization,
                daily_set=daily_set,
                position=position,
                program=program,
                question=question,
                competency=question.competency,
                version=question.current_version,
                wording=question.current_version.wordings.get(language="en"),
                reason=DailySetItem.Reason.NEW,
            )
        return daily_set


class MemberWeekFactory(DjangoModelFactory):
    """A week in which a member was asked and answered; counts are none unless given. Credit in ten-thousandths."""

    class Meta:
        model = MemberWeek

    member = factory.SubFactory(SellerFactory)
    organization = factory.SelfAttribute("member.organization")
    competency = factory.SubFactory(CompetencyFactory, organization=factory.SelfAttribute("..organization"))
    week_on = factory.LazyAttribute(lambda week: monday_of(timezone.localdate(timezone=week.member.zone)))


class LastAnswersFactory(DjangoModelFactory):
    """Right at last answer: 7 of 10 questions unless given, in the root team."""

    class Meta:
        model = LastAnswers

    member = factory.SubFactory(SellerFactory)
    organization = factory.SelfAttribute("member.organization")
    team = factory.LazyAttribute(lambda last: people.root_team(last.organization))
    competency = factory.SubFactory(CompetencyFactory, organization=factory.SelfAttribute("..organization"))
    questions = 10
    right = 7


class ProficiencyWeekFactory(DjangoModelFactory):
    """Current proficiency of this week: 7 of 10 questions expected right, from 24 answers, 5 after sixty days without practice."""

    class Meta:
        model = ProficiencyWeek

    member = factory.SubFactory(SellerFactory)
    organization = factory.SelfAttribute("member.organization")
    competency = factory.SubFactory(CompetencyFactory, organization=factory.SelfAttribute("..organization"))
    week_on = factory.LazyAttribute(lambda week: monday_of(timezone.localdate(timezone=week.member.zone)))
    counted_at = factory.LazyFunction(timezone.now)
    questions = 10
    answers = 24
    expected = 7.0
    variance = 1.8
    unpractised = (7.0, 6.4, 6.1, 5.9, 5.7, 5.5, 5.4, 5.3, 5.2, 5.1)
    coming = (7.0, 7.1, 7.3, 7.5, 7.6, 7.8, 7.9, 8.0, 8.1, 8.1)


def monday_of(day: date) -> date:
    return day - timedelta(days=day.weekday())
