"""The simulation before a launch: what it says, who may ask, and that what is owed is made once."""

from datetime import date, timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from outbox import services as outbox
from outbox import tasks
from outbox.models import Job
from reinforcement.memory import store
from reinforcement.memory.prior import unknown_item
from reinforcement.models import LaunchSimulation, LearnerState, Program, Question, QuestionEasiness
from reinforcement.programs import services, simulation
from tests.factories import AuthorFactory, HrFactory, MemberFactory, ProgramFactory, QuestionFactory, SellerFactory, put_in
from tests.outbox.test_races import at_once

pytestmark = pytest.mark.django_db
MONDAY = date(2030, 9, 2)


@pytest.fixture
def author():
    return AuthorFactory()


@pytest.fixture
def draft(author):
    """A draft of three questions for one seller, and a question, an easiness and a simulation of another organization."""
    elsewhere = ProgramFactory(state=Program.State.DRAFT, starts_on=MONDAY)
    put_in(elsewhere, QuestionFactory(organization=elsewhere.organization))
    simulation.ask(elsewhere, timezone.now())
    Job.objects.all().delete()
    program = ProgramFactory(
        organization=author.organization, state=Program.State.DRAFT, created_by=author, starts_on=MONDAY, ends_on=date(2030, 9, 27)
    )
    put_in(program, *QuestionFactory.create_batch(3, organization=author.organization))
    services.set_audience(program, [SellerFactory(organization=author.organization)])
    return program


@pytest.fixture
def page(client, author):
    client.force_login(author.user)
    return client


def address(program):
    return reverse("reinforcement:program_simulation", args=[program.public_id])


def overview(client, program):
    return client.get(reverse("reinforcement:program_detail", args=[program.public_id]))


def work():
    """What a worker does with what is owed."""
    for pk in Job.objects.filter(state="waiting").values_list("pk", flat=True):
        outbox.try_job(pk)


def row_of(program):
    return LaunchSimulation.objects.get(program=program)


def test_asking_owes_a_simulation_that_a_worker_makes(page, draft):
    assert overview(page, draft).context["simulation"].state == "unasked"
    assert page.post(address(draft)).url.endswith("#simulation")
    assert overview(page, draft).context["simulation"].state == "waiting"
    work()
    shown = overview(page, draft).context["simulation"]
    assert (shown.state, shown.is_older, shown.can_ask) == ("done", False, False)
    assert shown.finding.startswith("After 26 days about ")
    content = overview(page, draft).content.decode()
    assert content.count("<polyline") == 2
    assert shown.finding in content
    assert "#launch-simulation" in content
    assert Job.objects.get().state == "done"


def test_two_clicks_owe_one(page, draft):
    for _click in range(2):
        page.post(address(draft))
    assert Job.objects.count() == 1
    work()
    page.post(address(draft))
    assert Job.objects.count() == 1


def test_a_changed_setting_is_asked_anew_and_the_older_result_says_so(page, draft):
    page.post(address(draft))
    work()
    services.update_program(draft, cap_per_day=1)
    shown = overview(page, draft).context["simulation"]
    assert (shown.state, shown.is_older, shown.can_ask) == ("unasked", True, True)
    assert "of older settings" in overview(page, draft).content.decode()
    page.post(address(draft))
    assert overview(page, draft).context["simulation"].is_older
    work()
    shown = overview(page, draft).context["simulation"]
    assert (shown.state, shown.is_older) == ("done", False)
    # Back to what it was: the job of then does not stand in the way.
    services.update_program(draft, cap_per_day=3)
    page.post(address(draft))
    work()
    assert overview(page, draft).context["simulation"].state == "done"
    assert Job.objects.filter(state="done").count() == 3


@pytest.mark.parametrize(
    "change",
    [
        {"mode": "once"},
        {"mode": "adaptive"},
        {"days_after_wrong": 7},
        {"weekdays": 1},
        {"starts_on": date(2030, 9, 3)},
        {"ends_on": None},
        {"new_per_day": 1},
        {"cap_per_day": 1},
    ],
)
def test_each_setting_counts(draft, change):
    before = simulation.fingerprint_of(draft, simulation.questions_of(draft))
    services.update_program(draft, **change)
    assert simulation.fingerprint_of(draft, simulation.questions_of(draft)) != before


def test_the_questions_their_order_and_their_meaning_count(draft):
    first, *_others = [line.question for line in draft.program_questions.order_by("position")]
    found = {simulation.fingerprint_of(draft, simulation.questions_of(draft))}
    services.move_question(draft, first, steps=1)
    found.add(simulation.fingerprint_of(draft, simulation.questions_of(draft)))
    first.meaning_since += 1
    first.save()
    found.add(simulation.fingerprint_of(draft, simulation.questions_of(draft)))
    services.remove_question(draft, first)
    found.add(simulation.fingerprint_of(draft, simulation.questions_of(draft)))
    assert len(found) == 4


def test_settings_that_come_back_while_others_were_made_are_asked_for_anew(page, draft):
    page.post(address(draft))
    services.update_program(draft, cap_per_day=1)
    work()
    services.update_program(draft, cap_per_day=3)
    shown = overview(page, draft).context["simulation"]
    assert (shown.state, shown.can_ask) == ("unasked", True)
    page.post(address(draft))
    work()
    assert overview(page, draft).context["simulation"].state == "done"


def test_a_setting_changed_while_it_runs_is_not_taken_for_the_new_one(page, draft, monkeypatch):
    page.post(address(draft))
    reckoned = simulation._reckoned

    def changed_meanwhile(program):
        found = reckoned(program)
        services.update_program(draft, cap_per_day=1)
        return found

    monkeypatch.setattr(simulation, "_reckoned", changed_meanwhile)
    work()
    shown = overview(page, draft).context["simulation"]
    assert (shown.state, shown.is_older) == ("unasked", True)


def test_a_setting_changed_before_it_runs_is_in_it(page, draft):
    page.post(address(draft))
    services.update_program(draft, cap_per_day=1)
    work()
    shown = overview(page, draft).context["simulation"]
    assert (shown.state, shown.is_older) == ("done", False)
    assert row_of(draft).result["peak"] == 1


def test_an_older_job_that_ends_later_changes_nothing(page, draft):
    page.post(address(draft))
    older = Job.objects.get().payload
    services.update_program(draft, cap_per_day=1)
    page.post(address(draft))
    work()
    before = row_of(draft).made_at
    simulation.run(older)
    assert row_of(draft).made_at == before


def test_a_job_that_is_run_twice_comes_to_the_same(page, draft):
    page.post(address(draft))
    work()
    result = row_of(draft).result
    simulation.run(Job.objects.get().payload)
    assert row_of(draft).result == result


def test_a_worker_that_was_killed_leaves_it_owed_and_the_next_one_makes_it(page, draft):
    page.post(address(draft))
    job = Job.objects.get()
    # Claimed, and never seen again.
    Job.objects.claim(job.pk, now=timezone.now())
    outbox.try_job(job.pk)
    assert overview(page, draft).context["simulation"].state == "waiting"
    Job.objects.filter(pk=job.pk).update(claimed_at=timezone.now() - timedelta(hours=1))
    work()
    assert overview(page, draft).context["simulation"].state == "done"


def test_a_failure_says_what_to_do_and_may_be_tried_again(page, draft, monkeypatch):
    page.post(address(draft))
    with monkeypatch.context() as broken:
        broken.setattr(store, "easiness_of", lambda *args: 1 / 0)
        work()
    shown = overview(page, draft).context["simulation"]
    assert (shown.state, shown.can_ask) == ("failed", True)
    assert "You can launch without it." in overview(page, draft).content.decode()
    assert 'hx-trigger="submit, load"' not in overview(page, draft).content.decode()
    page.post(address(draft))
    assert overview(page, draft).context["simulation"].state == "waiting"
    work()
    assert overview(page, draft).context["simulation"].state == "done"


def test_a_failed_job_that_succeeds_by_itself_is_shown(page, draft, monkeypatch):
    page.post(address(draft))
    with monkeypatch.context() as broken:
        broken.setattr(store, "easiness_of", lambda *args: 1 / 0)
        work()
    Job.objects.update(due_at=timezone.now())
    work()
    assert overview(page, draft).context["simulation"].state == "done"


def test_waiting_longer_than_usual_is_said_and_what_is_lost_may_be_asked_again(page, draft):
    page.post(address(draft))
    LaunchSimulation.objects.filter(program=draft).update(asked_at=timezone.now() - timedelta(minutes=1))
    shown = overview(page, draft).context["simulation"]
    assert (shown.state, shown.can_ask) == ("late", False)
    assert "hx-trigger" not in page.get(address(draft), headers={"HX-Request": "true"}).content.decode()
    LaunchSimulation.objects.filter(program=draft).update(asked_at=timezone.now() - timedelta(hours=1))
    assert overview(page, draft).context["simulation"].can_ask
    page.post(address(draft))
    assert Job.objects.count() == 2


def test_htmx_hears_nothing_until_there_is_something_new(page, draft):
    asked = page.post(address(draft), headers={"HX-Request": "true"})
    assert 'hx-trigger="every 1s"' in asked.content.decode()
    assert page.get(address(draft), headers={"HX-Request": "true"}).status_code == 204
    work()
    made = page.get(address(draft), headers={"HX-Request": "true"}).content.decode()
    assert "<svg" in made
    assert "hx-trigger" not in made
    assert page.get(address(draft)).url.endswith("#simulation")


def test_only_authors_of_the_organization_ask_and_its_readers_see(client, page, draft):
    page.post(address(draft))
    work()
    manager = MemberFactory(organization=draft.organization)
    seller = SellerFactory(organization=draft.organization, manager=manager)
    for member, reads in ((manager, True), (HrFactory(organization=draft.organization), True), (seller, False), (AuthorFactory(), False)):
        own = Client()
        own.force_login(member.user)
        assert own.post(address(draft)).status_code == 404
        assert own.get(address(draft), headers={"HX-Request": "true"}).status_code == (200 if reads else 404)
    assert row_of(draft).asked == 1


def test_readers_are_told_that_it_waits_for_an_author(client, draft):
    client.force_login(HrFactory(organization=draft.organization).user)
    content = overview(client, draft).content.decode()
    assert "It is when an author opens this page." in content
    assert f'action="{address(draft)}"' not in content


def test_a_program_that_runs_or_has_no_questions_is_not_simulated(page, draft):
    bare = ProgramFactory(organization=draft.organization, state=Program.State.DRAFT, starts_on=MONDAY)
    assert overview(page, bare).context["simulation"] is None
    draft.state, draft.starts_on = Program.State.RUNNING, timezone.now().date() - timedelta(days=3)
    draft.save()
    assert overview(page, draft).context["simulation"] is None
    page.post(address(draft))
    assert not Job.objects.exists()


def test_questions_that_went_out_meanwhile_leave_nothing_to_reckon(page, draft):
    page.post(address(draft))
    draft.program_questions.all().delete()
    work()
    assert row_of(draft).result is None
    assert Job.objects.get().state == "done"


def test_the_load_of_each_mode_comes_from_its_simulation(page, draft):
    services.update_program(draft, mode=Program.Mode.ADAPTIVE)
    page.post(address(draft))
    work()
    context = overview(page, draft).context
    assert context["simulation"].load[0].startswith("About ")
    assert [line.name for line in context["simulation"].chart.lines] == ["ours", "fixed", "without"]


def test_easiness_of_the_organizations_present_meanings_is_used(draft):
    first, second, third = [question for question, _meaning in simulation.questions_of(draft)]
    columns = {"organization": draft.organization, "counted_at": timezone.now(), "answers": 9, "first_answers": 9, "first_easiness": 0}
    QuestionEasiness.objects.create(question_id=first, meaning_since=1, easiness=1.5, **columns)
    QuestionEasiness.objects.create(question_id=first, meaning_since=1, easiness=-1.5, is_current=False, **columns)
    QuestionEasiness.objects.create(question_id=second, meaning_since=7, easiness=2.5, **columns)
    elsewhere = QuestionFactory()
    QuestionEasiness.objects.create(question=elsewhere, meaning_since=1, easiness=3.5, **columns | {"organization": elsewhere.organization})
    Question.objects.filter(pk=third).update(difficulty="hard")
    assert store.easiness_of(draft.organization_id, [first, second, third, elsewhere.pk]) == {
        first: 1.5,
        second: unknown_item().easiness,
        third: unknown_item("hard").easiness,
    }


@pytest.mark.parametrize(("people", "minimum", "known"), [(19, 5, False), (20, 5, True), (20, 21, False)])
def test_abilities_are_the_organizations_own_from_twenty_people_and_its_minimum_on(draft, people, minimum, known):
    draft.organization.small_group_minimum = minimum

    def record(member, ability):
        values = {"answers": 9, "rights": 5, "fast": 0, "steady": 0, "at": 0, "this_hour": 0}
        LearnerState.objects.create(organization=member.organization, member=member, ability=ability, **values)

    for number in range(people):
        record(SellerFactory(organization=draft.organization), 1.0 if number % 2 else 0.0)
    record(SellerFactory(), 30.0)
    assert store.abilities_of(draft.organization_id) == (people, 0.5, 0.5)
    _made_for, result = simulation._reckoned(draft)
    assert result["abilities_known"] is known


def test_where_nobody_has_a_record_abilities_are_unknown(draft):
    assert store.abilities_of(draft.organization_id) == (0, 0.0, 0.0)


@pytest.mark.parametrize("number", [1, 3])
def test_the_page_costs_the_same_however_many_questions_and_people(page, author, number, django_assert_num_queries):
    program = ProgramFactory(organization=author.organization, state=Program.State.DRAFT, starts_on=MONDAY)
    put_in(program, *QuestionFactory.create_batch(number, organization=author.organization))
    services.set_audience(program, SellerFactory.create_batch(number, organization=author.organization))
    page.post(address(program))
    work()
    with django_assert_num_queries(12):
        overview(page, program)
    with django_assert_num_queries(4):
        page.get(address(program), headers={"HX-Request": "true"})
    with django_assert_num_queries(6):
        simulation._reckoned(Program.objects.select_related("organization").get(pk=program.pk))


def test_jobs_are_published_every_two_seconds(draft, page, monkeypatch, settings):
    published = []
    monkeypatch.setattr(tasks.run_job, "apply_async", lambda args, **options: published.append((*args, options["expires"])))
    page.post(address(draft))
    tasks.sweep_jobs()
    assert published == [(Job.objects.get().pk, settings.JOB_SWEEP_SECONDS)]
    assert settings.CELERY_BEAT_SCHEDULE["sweep_jobs"]["schedule"] <= 3


@pytest.mark.django_db(transaction=True)
def test_clicks_at_the_same_moment_owe_one(draft):
    at_once(lambda: simulation.ask(Program.objects.select_related("organization").get(pk=draft.pk), timezone.now()))
    assert Job.objects.count() == 1
    assert row_of(draft).asked == 1
