"""Each task delivered five times at once to a real worker: the end is that of one delivery."""

from datetime import time

import pytest
from django.utils import timezone

from accounts.models import Organization
from outbox import tasks
from outbox.models import Job, OutboxMessage
from reinforcement.daily import services
from reinforcement.daily.preparing import prepare_sets
from reinforcement.models import (
    ComparedGroup,
    CompetencyWeek,
    Contribution,
    FigureGroup,
    GroupFigure,
    GroupWeek,
    OptionShares,
    ProgramResult,
    Publication,
    QuestionEasiness,
    QuestionResult,
    Reliability,
    ReliabilityBin,
)
from reinforcement.progress import proficiency
from reinforcement.tasks import (
    count_comparisons,
    count_easiness,
    count_option_shares,
    count_reliability,
    count_results,
    owe_proficiency,
    prepare_daily_sets,
    publish_figures,
)
from tests.factories import (
    CompetencyFactory,
    DailySetFactory,
    OrganizationFactory,
    ProgramFactory,
    QuestionFactory,
    SellerFactory,
    enroll,
    put_in,
)
from tests.faults.conftest import wait_until
from tests.faults.morning import Before, Joining, state
from tests.outbox.conftest import owe_job, owe_note
from tests.reinforcement.drawn import make_found
from tests.reinforcement.published.world import add_sellers, add_team, answer_in, stand, week_before

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.faults]
TIMES = 5
# As many as a figure needs.
PEOPLE = 5


@pytest.fixture
def five_at_once(worker, broker):
    """`five_at_once(task, *arguments)` returns when the worker has ended all five."""
    worker.environment["FAULTS_IMPORTS"] = "tests.faults.small_batches"
    worker.at_once = TIMES
    worker.start()
    worker.wait_until_ready()
    with broker.connect() as publishing:

        def deliver(task, *arguments):
            ids = [task.apply_async(arguments, connection=publishing).id for _ in range(TIMES)]
            wait_until(lambda: all(f"[{task_id}] succeeded" in worker.log.read_text() for task_id in ids), 60)

        yield deliver


@pytest.fixture
def morning():
    """Twelve sellers whose sets nobody has prepared, and answers that nobody has counted.

    Their mails are not due, so that the worker leaves them alone.
    """
    make_answers()
    joining = Joining(groups=1, size=12, preferred_hour=time(15))
    joining.join()
    return joining.morning


@pytest.fixture
def before(morning):
    before = Before()
    yield before
    before.forget()


@pytest.mark.parametrize("rounds", [3, pytest.param(200, marks=pytest.mark.full)])
def test_r3_each_task_delivered_five_times_at_once_comes_to_the_end_of_one(
    five_at_once, morning, before, mail_server, tmp_path, rounds, figure
):
    prepare_sets(morning.now)
    of_one_run = state()
    count_results()
    publish_figures()
    figures_of_one_run = figures()
    assert all(figures_of_one_run.values())
    for number in range(rounds):
        before.restore()
        five_at_once(prepare_daily_sets)
        assert state() == of_one_run

        OptionShares.objects.all().delete()
        five_at_once(count_option_shares)
        assert list(OptionShares.objects.values_list("people", "chosen")) == [(PEOPLE, {"a": PEOPLE})]

        QuestionEasiness.objects.all().delete()
        five_at_once(count_easiness)
        assert sorted(QuestionEasiness.objects.values_list("answers", "is_current")) == [(PEOPLE, True), (180, True)]

        ComparedGroup.objects.all().delete()
        five_at_once(count_comparisons)
        assert sorted(ComparedGroup.objects.values_list("is_fixed", "answers", "right")) == [(False, 90, 72), (True, 90, 36)]

        ReliabilityBin.objects.all().delete()
        Reliability.objects.all().delete()
        five_at_once(count_reliability)
        assert set(ReliabilityBin.objects.filter(answers__gt=0).values_list("answers", "people")) == {(PEOPLE, PEOPLE)}
        five_at_once(owe_proficiency)
        owed = Job.objects.filter(kind=proficiency.KIND)
        assert owed.count() == Organization.objects.count()
        owed.delete()

        forget_figures()
        five_at_once(count_results)
        five_at_once(publish_figures)
        assert figures() == figures_of_one_run

        five_at_once(tasks.deliver_message, owe_note(f"{number} delivered").pk)
        owe_note(f"{number} swept")
        five_at_once(tasks.sweep)
        wait_until(lambda: not OutboxMessage.objects.filter(kind="note").exclude(state="done").exists())
        for way in ("delivered", "swept"):
            assert mail_server.subjects.count(f"Note {number} {way}") == 1

        lines = tmp_path / "lines"
        five_at_once(tasks.run_job, owe_job("write_line", number, payload={"path": str(lines), "number": number}).pk)
        assert lines.read_text().split() == [str(done) for done in range(number + 1)]
    assert set(OutboxMessage.objects.filter(kind="note").values_list("attempts", flat=True)) == {1}
    assert set(Job.objects.values_list("state", "attempts")) == {("done", 1)}
    figure("R3", f"each of 9 task types delivered {TIMES} times at once", "state of one run, mails 1", f"{rounds} rounds of each")


def make_answers() -> None:
    """A question of one program that enough people have answered to be shown, four weeks of groups, and a program that is compared."""
    organization = OrganizationFactory()
    question = QuestionFactory(organization=organization)
    program = ProgramFactory(organization=organization)
    put_in(program, question)
    for seller in SellerFactory.create_batch(PEOPLE, organization=organization):
        enroll(program, seller)
        DailySetFactory(member=seller, questions=[question], program=program)
        services.answer(seller, services.items_to_answer(seller).get(), {"chosen": ["a"]})
    seller_weeks(organization)
    make_found(OrganizationFactory(), state="ended")


def seller_weeks(organization) -> None:
    competency = CompetencyFactory(organization=organization)
    for seller in add_sellers(add_team(organization, "North"), 6):
        stand(seller, competency, 7)
        for weeks in range(2, 6):
            answer_in(week_before(timezone.now().date(), weeks), seller, competency)


SHOWN = {
    ProgramResult: ("program_id", "enrolled", "started"),
    QuestionResult: ("question_id", "people", "right", "attracts", "attracted"),
    FigureGroup: ("key", "people", "is_current"),
    GroupFigure: ("group__key", "competency_id", "percent", "with_data", "people"),
    GroupWeek: ("group__key", "week_on", "answered", "right", "people", "participation"),
    CompetencyWeek: ("competency_id", "week_on", "answered", "right", "people"),
    Contribution: ("member_id", "competency_id", "questions", "right"),
}


def figures() -> dict[str, list]:
    """What is shown of groups and programs, without ids and moments."""
    return {model.__name__: sorted(model.objects.order_by().values_list(*columns)) for model, columns in SHOWN.items()}


def forget_figures() -> None:
    for model in (*SHOWN, Publication):
        model.objects.all().delete()
