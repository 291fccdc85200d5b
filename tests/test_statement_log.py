"""The statement log catches what it is for, and lets pass what the rule allows."""

import importlib
import types
from datetime import date

import pytest
from django.core.management import call_command
from django.core.management.base import BaseCommand
from django.db import connection
from django.db.models import Count, Exists, OuterRef, Q
from django.http import HttpResponse
from django.test import Client
from django.urls import path

from accounts.models import ApiToken, Member, Organization, Team, TeamMembership
from accounts.people import services as people
from config.celery import app as celery
from reinforcement.models import Answer, DailySet, DailySetItem, Program, Question, QuestionVersion
from tests import statement_log
from tests.factories import DailySetFactory, ProgramFactory, QuestionFactory, SellerFactory, enroll, put_in

pytestmark = pytest.mark.django_db


def planted(view):
    """An URL configuration whose one page is `view`."""
    module = types.ModuleType("planted")
    module.urlpatterns = [path("planted/", view)]
    return module


@pytest.fixture
def violations_of(settings):
    """Runs `read(request)` as a view and takes the violations away, so that the test goes on."""

    def run(member, read):
        def view(request):
            read(request)
            return HttpResponse()

        settings.ROOT_URLCONF = planted(view)
        client = Client()
        client.force_login(member.user)
        assert client.get("/planted/").status_code == 200
        return taken_violations()

    return run


def test_a_question_fetched_by_its_bare_key_is_caught(violations_of):
    question = QuestionFactory()
    reader = SellerFactory(organization=question.organization)
    assert violations_of(reader, lambda request: Question.objects.get(pk=question.pk)) == [("reinforcement_question",)]


@pytest.mark.parametrize(
    "read",
    [
        pytest.param(lambda member, key: list(Question.objects.all()), id="no condition at all"),
        pytest.param(lambda member, key: list(Question.objects.filter(public_id=key.public_id)), id="an id from outside"),
        pytest.param(lambda member, key: list(Question.objects.filter(Q(organization_id=member.organization_id) | Q(pk=key.pk))), id="or"),
        pytest.param(lambda member, key: list(Question.objects.exclude(organization_id=member.organization_id)), id="not"),
        pytest.param(lambda member, key: list(Question.objects.filter(pk__gt=0)), id="greater than"),
        pytest.param(
            lambda member, key: Question.objects.select_related("organization").get(public_id=key.public_id),
            id="joined to its organization",
        ),
        pytest.param(lambda member, key: list(Question.objects.filter(organization__language="en")), id="a property of the organization"),
        pytest.param(
            lambda member, key: list(Question.objects.filter(organization__in=Organization.objects.filter(language="en"))),
            id="organizations without a condition",
        ),
        pytest.param(lambda member, key: list(Organization.objects.annotate(people=Count("members"))), id="a count over all organizations"),
        pytest.param(lambda member, key: Question.objects.filter(pk=key.pk).update(external_id="x"), id="update"),
        pytest.param(lambda member, key: Question.objects.filter(archived_at=None).count(), id="count"),
        pytest.param(lambda member, key: list(Question.objects.filter(pk__in=Question.objects.values("pk"))), id="subquery"),
        pytest.param(lambda member, key: list(Answer.objects.filter(question_id=key.pk)), id="key of another table"),
        pytest.param(lambda member, key: connection.cursor().execute("DELETE FROM reinforcement_answer"), id="raw"),
        pytest.param(
            lambda member, key: list(Program.objects.filter(program_questions__question_id=key.pk)), id="a join that starts from a bare key"
        ),
    ],
)
def test_a_condition_that_does_not_hold_for_every_row_is_caught(violations_of, read):
    question = QuestionFactory()
    reader = SellerFactory(organization=question.organization)
    assert violations_of(reader, lambda request: read(request.member, question))


@pytest.mark.parametrize(
    "read",
    [
        pytest.param(lambda member, key: list(Question.objects.filter(organization_id=member.organization_id)), id="organization"),
        pytest.param(lambda member, key: list(Answer.objects.filter(member=member)), id="member"),
        pytest.param(lambda member, key: list(Member.objects.filter(user=member.user)), id="user"),
        pytest.param(lambda member, key: list(Member.objects.filter(user__email=member.user.email)), id="the address of a user"),
        pytest.param(lambda member, key: list(Program.objects.filter(organization__slug="north")), id="the slug of an organization"),
        pytest.param(lambda member, key: list(Answer.objects.visible_to(member)), id="the line, read recursively"),
        pytest.param(
            lambda member, key: list(Question.objects.get(organization_id=member.organization_id, pk=key.pk).versions.all()),
            id="key of a row read before",
        ),
        pytest.param(
            lambda member, key: list(
                Question.objects.filter(organization_id=member.organization_id).select_related("current_version", "competency__parent")
            ),
            id="joins from a bound row",
        ),
        pytest.param(
            lambda member, key: list(
                Question.objects.filter(organization_id=member.organization_id).prefetch_related("versions__wordings", "program_questions")
            ),
            id="prefetch",
        ),
        pytest.param(lambda member, key: list(Program.objects.filter(enrollments__member=member)), id="a join that starts from the member"),
        pytest.param(
            lambda member, key: list(
                Team.objects.filter(organization_id=member.organization_id).annotate(
                    has_people=Exists(TeamMembership.objects.filter(team=OuterRef("pk"), ended_on=None))
                )
            ),
            id="a correlated subquery",
        ),
        pytest.param(
            lambda member, key: Question.objects.get(organization_id=member.organization_id, pk=key.pk).save(),
            id="update of a row read before",
        ),
        pytest.param(
            lambda member, key: (
                Question.objects.filter(organization_id=member.organization_id, pk=key.pk).exists()
                and list(QuestionVersion.objects.filter(question_id=key.pk))
            ),
            id="a key that a condition has proven",
        ),
        pytest.param(lambda member, key: ApiToken.issue(member, "laptop")[0].delete(), id="key of a row written before"),
    ],
)
def test_a_bound_statement_passes(violations_of, read):
    question = QuestionFactory()
    reader = SellerFactory(organization=question.organization)
    program = ProgramFactory(organization=question.organization)
    put_in(program, question)
    enroll(program, reader)
    assert violations_of(reader, lambda request: read(request.member, question)) == []


def test_a_key_is_forgotten_with_the_request(violations_of):
    question = QuestionFactory()
    reader = SellerFactory(organization=question.organization)
    assert violations_of(reader, lambda request: Question.objects.get(organization_id=request.member.organization_id)) == []
    assert violations_of(reader, lambda request: Question.objects.get(pk=question.pk)) == [("reinforcement_question",)]


def taken_violations():
    found, statement_log.log.violations = statement_log.log.violations, []
    return [violation.missing for violation in found]


def test_a_command_is_watched():
    class Planted(BaseCommand):
        def handle(self, **options):
            Question.objects.get(pk=question.pk)

    question = QuestionFactory()
    call_command(Planted())
    assert taken_violations() == [("reinforcement_question",)]


@pytest.mark.parametrize("run", [lambda task: task(), lambda task: task.apply(throw=True)], ids=["called", "applied"])
def test_a_task_is_watched(run):
    @celery.task(name="reinforcement.tasks.planted")
    def planted_task():
        Question.objects.get(pk=question.pk)

    question = QuestionFactory()
    statement_log.task_codes.cache_clear()
    try:
        run(planted_task)
    finally:
        celery.tasks.unregister("reinforcement.tasks.planted")
        statement_log.task_codes.cache_clear()
    assert taken_violations() == [("reinforcement_question",)]


def test_a_service_called_by_a_test_is_watched_with_the_keys_that_the_test_gave():
    seller = SellerFactory()
    watched = statement_log.log.watched
    people.place_in_team(seller, people.root_team(seller.organization), on=date(2026, 1, 5))
    assert statement_log.log.watched > watched
    statement_log.log.forget_keys()
    people.deactivate(seller)
    assert taken_violations() == [("accounts_member",)]


def test_statements_of_tests_and_factories_are_not_judged():
    DailySetFactory()
    assert DailySet.objects.count() == 1
    assert DailySetItem.objects.count() == 2
    assert statement_log.log.violations == []


def test_every_named_exception_is_a_function_with_a_reason():
    for name, reason in {**statement_log.SYSTEM, **statement_log.ENTRANCES}.items():
        module, _colon, qualified = name.partition(":")
        found = importlib.import_module(module)
        for part in qualified.split("."):
            found = getattr(found, part)
        assert callable(found), name
        assert len(reason) > 20, name
