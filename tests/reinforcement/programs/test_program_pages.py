"""Pages of programs: who reads them, who writes, and what they cost."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.models import OrganizationHoliday
from accounts.people import services as people
from accounts.working_days import MONDAY_TO_FRIDAY
from reinforcement.daily import services as daily
from reinforcement.daily.results import count_results
from reinforcement.models import Enrollment, Program
from reinforcement.programs import queries, services, views
from tests.factories import (
    AuthorFactory,
    CompetencyFactory,
    DailySetFactory,
    HrFactory,
    MemberFactory,
    ProgramFactory,
    QuestionFactory,
    SellerFactory,
    TeamFactory,
    enroll,
    put_in,
)

pytestmark = pytest.mark.django_db
SPACE = "\N{NO-BREAK SPACE}"


@pytest.fixture
def author():
    return AuthorFactory()


@pytest.fixture
def page(client, author):
    client.force_login(author.user)
    return client


@pytest.fixture
def draft(author):
    """A draft program of three questions, and one of another organization."""
    ProgramFactory(state=Program.State.DRAFT)
    program = ProgramFactory(organization=author.organization, state=Program.State.DRAFT, created_by=author, starts_on=date(2030, 9, 2))
    put_in(program, *QuestionFactory.create_batch(3, organization=author.organization))
    return program


def at(name, program, *more):
    return reverse(f"reinforcement:{name}", args=[program.public_id, *more])


def questions_of(program):
    return [line.question for line in program.program_questions.order_by("position")]


FORM = {
    "name": "Value and price",
    "mode": "fixed",
    "days_after_wrong": "12",
    "days_after_right": "24",
    "rights_to_retire": "2",
    "starts_on": "2030-09-02",
    "ends_on": "",
    "weekdays": ["0", "1", "3"],
    "new_per_day": "2",
    "cap_per_day": "3",
}


def test_pages_are_read_by_authors_managers_and_hr_only(client, draft):
    organization = draft.organization
    manager = MemberFactory(organization=organization)
    seller = SellerFactory(organization=organization, manager=manager)
    enroll(draft, seller)
    readers = [AuthorFactory(organization=organization), manager, HrFactory(organization=organization)]
    others = [seller, MemberFactory(organization=organization, is_owner=True), AuthorFactory()]
    for expected, members in ((200, readers), (404, others)):
        for member in members:
            client.force_login(member.user)
            assert client.get(at("program_detail", draft)).status_code == expected
    assert client.get(reverse("reinforcement:program_list")).status_code == 200


def test_list_shows_programs_of_the_organization_only(page, draft):
    elsewhere = ProgramFactory(name="A program elsewhere")
    content = page.get(reverse("reinforcement:program_list")).content.decode()
    assert draft.name in content
    assert elsewhere.name not in content


@pytest.mark.parametrize("name", ["program_edit", "program_questions", "program_audience", "program_launch", "program_end"])
def test_only_authors_of_the_organization_change_a_program(client, draft, name):
    draft.state = Program.State.RUNNING
    draft.save()
    manager = MemberFactory(organization=draft.organization)
    SellerFactory(organization=draft.organization, manager=manager)
    for member in (manager, HrFactory(organization=draft.organization), AuthorFactory()):
        client.force_login(member.user)
        assert client.post(at(name, draft), {}).status_code == 404
    draft.refresh_from_db()
    assert draft.state == Program.State.RUNNING


def test_a_program_is_planned_as_a_draft_of_its_author(page, author):
    response = page.post(reverse("reinforcement:program_create"), FORM)
    program = Program.objects.get(organization=author.organization)
    assert response.url == at("program_questions", program)
    assert (program.state, program.created_by, program.starts_on, program.weekdays) == ("draft", author, date(2030, 9, 2), 0b1011)


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"ends_on": "2030-09-01"}, "ends_on"),
        ({"weekdays": []}, "weekdays"),
        ({"days_after_right": ""}, "days_after_right"),
        ({"new_per_day": "4"}, "new_per_day"),
        ({"cap_per_day": "11"}, "cap_per_day"),
        ({"name": " "}, "name"),
        ({"mode": "best"}, "mode"),
    ],
)
def test_a_program_with_a_fault_is_refused_at_its_field(page, author, change, field):
    response = page.post(reverse("reinforcement:program_create"), FORM | change)
    assert response.status_code == 422
    assert list(response.context["form"].errors) == [field]
    assert not Program.objects.exists()


def test_a_program_asked_once_needs_no_spacing(page, author):
    page.post(reverse("reinforcement:program_create"), FORM | {"mode": "once", "days_after_wrong": "", "rights_to_retire": ""})
    program = Program.objects.get()
    assert (program.mode, program.days_after_wrong, program.rights_to_retire) == ("once", 12, 2)


def test_a_running_program_keeps_what_people_were_told(page, draft):
    services.set_audience(draft, [SellerFactory(organization=draft.organization)])
    services.launch(draft)
    page.post(at("program_edit", draft), FORM | {"mode": "once", "starts_on": "2031-01-01", "name": "New name", "cap_per_day": "5"})
    draft.refresh_from_db()
    assert (draft.name, draft.cap_per_day, draft.mode, draft.starts_on) == ("New name", 5, "fixed", date(2030, 9, 2))


def test_questions_are_picked_from_the_own_bank(page, author, draft):
    wanted, other = QuestionFactory.create_batch(2, organization=author.organization)
    foreign = QuestionFactory()
    page.post(at("program_questions", draft), {"question": [wanted.public_id, foreign.public_id, "nonsense"]})
    assert questions_of(draft)[3:] == [wanted]
    assert other not in questions_of(draft)


def test_all_that_is_found_is_added_in_the_order_of_the_bank(page, author, draft):
    above = CompetencyFactory(organization=author.organization)
    below = CompetencyFactory(organization=author.organization, parent=above)
    first = QuestionFactory(organization=author.organization, competency=below, prompt="Which price comes first?")
    QuestionFactory(organization=author.organization, competency=below, prompt="Whom do you call?")
    QuestionFactory(organization=author.organization, prompt="Another price?")
    second = QuestionFactory(organization=author.organization, competency=above, prompt="What does the price hide?")
    page.post(at("program_questions", draft), {"do": "all", "search": "price", "competency": above.public_id})
    assert questions_of(draft)[3:] == [first, second]


@pytest.mark.parametrize(
    ("place", "step", "order"),
    [(1, "up", [1, 0, 2]), (1, "down", [0, 2, 1]), (0, "up", [0, 1, 2]), (2, "down", [0, 1, 2]), (1, "remove", [0, 2])],
)
def test_questions_are_moved_and_removed(page, draft, place, step, order):
    before = questions_of(draft)
    response = page.post(at("program_question_move", draft, before[place].public_id), {"do": step})
    assert response.url == at("program_detail", draft) + "#questions"
    assert questions_of(draft) == [before[number] for number in order]


@pytest.fixture
def long_draft(author, monkeypatch):
    """A draft program of five questions, shown two a page."""
    monkeypatch.setattr(views, "QUESTIONS_A_PAGE", 2)
    program = ProgramFactory(organization=author.organization, state=Program.State.DRAFT, created_by=author)
    put_in(program, *QuestionFactory.create_batch(5, organization=author.organization))
    return program


def shown(response):
    return [line.question for line, _figure, _attraction in response.context["lines"]]


def test_questions_are_paged_and_numbered_through(page, long_draft):
    questions = questions_of(long_draft)
    assert shown(page.get(at("program_detail", long_draft))) == questions[:2]
    second = page.get(at("program_detail", long_draft) + "?page=2")
    assert shown(second) == questions[2:4]
    content = second.content.decode()
    assert '<span class="num quiet-text">3</span>' in content
    assert "5 questions for 0 people" in content
    assert "disabled" not in content.split('<ol class="rows">')[1].split("</ol>")[0]


@pytest.mark.parametrize(
    ("place", "step", "number"), [(2, "up", 1), (1, "down", 2), (3, "down", 3), (2, "remove", 2), (4, "remove", 2), (0, "down", 1)]
)
def test_a_move_shows_the_page_on_which_the_question_stands(page, long_draft, place, step, number):
    address = at("program_question_move", long_draft, questions_of(long_draft)[place].public_id)
    response = page.post(address, {"do": step}, headers={"HX-Request": "true"})
    assert response.context["page"].number == number
    assert shown(response) == questions_of(long_draft)[2 * number - 2 : 2 * number]


def test_a_move_without_script_goes_back_to_the_page_of_the_question(page, long_draft):
    response = page.post(at("program_question_move", long_draft, questions_of(long_draft)[3].public_id), {"do": "down"})
    assert response.url == at("program_detail", long_draft) + "?page=3#questions"


def test_a_move_by_htmx_answers_with_the_list(page, draft):
    question = questions_of(draft)[0]
    response = page.post(at("program_question_move", draft, question.public_id), {"do": "down"}, headers={"HX-Request": "true"})
    assert response.content.decode().lstrip().startswith('<section id="questions"')


def test_audience_counts_the_sellers_of_teams_below_once(page, author, draft):
    above = TeamFactory(organization=author.organization)
    below = TeamFactory(organization=author.organization, parent=above)
    inside = SellerFactory(organization=author.organization, team=below)
    SellerFactory(organization=author.organization, team=above)
    moved = SellerFactory(organization=author.organization, team=below)
    people.place_in_team(moved, TeamFactory(organization=author.organization), on=date(2021, 1, 1))
    AuthorFactory(organization=author.organization, team=below)
    left = SellerFactory(organization=author.organization, team=below)
    left.is_active = False
    left.save()
    posted = {"team": [above.public_id], "member": [inside.public_id, SellerFactory().public_id], "do": "count"}
    response = page.post(at("program_audience", draft), posted)
    assert response.context["people"] == 2
    assert not draft.audience.exists()
    page.post(at("program_audience", draft), posted | {"do": "save"})
    assert {(line.team, line.member) for line in draft.audience.all()} == {(above, None), (None, inside)}


def test_audience_search_keeps_what_is_ticked(page, author, draft):
    ticked = SellerFactory(organization=author.organization, name="Ines Marchetti")
    found = SellerFactory(organization=author.organization, name="Bram de Wit")
    SellerFactory(name="Bram Elsewhere")
    MemberFactory(organization=author.organization, name="Bram who sells nothing")
    context = page.post(at("program_audience", draft), {"member": [ticked.public_id], "search": "bram", "do": "search"}).context
    assert (context["chosen_members"], context["found"]) == ([ticked], [found])


def test_launch_says_what_is_missing(page, draft):
    response = page.post(at("program_launch", draft))
    assert response.status_code == 422
    assert "Choose who takes part before you launch." in response.content.decode()
    draft.refresh_from_db()
    assert draft.state == "draft"


def test_a_program_whose_end_has_passed_is_not_launched(page, draft):
    services.set_audience(draft, [SellerFactory(organization=draft.organization)])
    draft.starts_on, draft.ends_on = date(2026, 3, 2), date(2026, 3, 6)
    draft.save()
    response = page.post(at("program_launch", draft))
    assert response.status_code == 422
    assert "The end has passed. Choose a later one, or none, before you launch." in response.content.decode()
    draft.refresh_from_db()
    assert draft.state == "draft"


def test_launch_enrolls_and_end_keeps_the_enrolments(page, draft):
    seller = SellerFactory(organization=draft.organization)
    services.set_audience(draft, [seller])
    page.post(at("program_launch", draft))
    assert Enrollment.objects.get(program=draft).member == seller
    page.post(at("program_end", draft))
    draft.refresh_from_db()
    assert draft.state == "ended"
    assert Enrollment.objects.filter(program=draft).count() == 1
    assert page.post(at("program_launch", draft)).status_code == 404


def test_page_says_what_launching_does_before_and_when_questions_come_after(page, draft):
    assert 'id="launch"' not in page.get(at("program_detail", draft)).content.decode()
    services.set_audience(draft, SellerFactory.create_batch(2, organization=draft.organization))
    said = "Launching starts it for 2 people. Mode and spacing are fixed from then on. First questions on Monday 2 September 2030."
    content = page.get(at("program_detail", draft)).content.decode()
    assert content.count(said) == 2  # in the page for readers without a script, and in the dialog
    assert content.index(said) < content.index('data-opens="launch"')
    answered = page.post(at("program_launch", draft), follow=True)
    assert "The program is launched. First questions on Monday 2 September 2030." in answered.content.decode()
    assert 'id="launch"' not in answered.content.decode()


@pytest.mark.parametrize(
    ("today", "first"),
    [
        (date(2026, 11, 2), date(2026, 11, 20)),  # before the start
        (date(2026, 11, 20), date(2026, 11, 20)),
        (date(2026, 11, 21), date(2026, 11, 24)),  # a Saturday, and Monday is a holiday
        (date(2026, 12, 5), None),  # after the end
    ],
)
def test_first_questions_come_on_a_delivering_weekday_that_is_no_holiday(today, first):
    program = ProgramFactory(starts_on=date(2026, 11, 20), ends_on=date(2026, 12, 4), weekdays=MONDAY_TO_FRIDAY)
    OrganizationHoliday.objects.create(organization=program.organization, day=date(2026, 11, 23), name="Closed")
    OrganizationHoliday.objects.create(organization=ProgramFactory().organization, day=date(2026, 11, 20), name="Elsewhere")
    assert queries.first_day_of(program, today) == first


def test_overview_says_questions_people_and_start(page, draft):
    services.set_audience(draft, SellerFactory.create_batch(2, organization=draft.organization))
    content = page.get(at("program_detail", draft)).content.decode()
    assert "3 questions for 2 people, from Monday 2 September 2030" in content


def test_overview_names_people_only_to_those_who_plan_or_read_them(client, author, draft):
    manager = MemberFactory(organization=draft.organization)
    own = SellerFactory(organization=draft.organization, manager=manager, name="Ines Marchetti")
    other = SellerFactory(organization=draft.organization, name="Bram de Wit")
    services.set_audience(draft, [own, other])
    client.force_login(manager.user)
    content = client.get(at("program_detail", draft)).content.decode()
    assert own.name in content
    assert other.name not in content
    assert "1 team or person whom you do not plan for" in content


def answered_program(author, people):
    """A running program of two questions, of which each person has answered the first, the first person wrong."""
    program = ProgramFactory(organization=author.organization, created_by=author)
    questions = QuestionFactory.create_batch(2, organization=author.organization)
    put_in(program, *questions)
    for number in range(people):
        seller = SellerFactory(organization=author.organization)
        enroll(program, seller)
        daily_set = DailySetFactory(member=seller, questions=questions, program=program)
        item = daily.items_to_answer(seller).filter(daily_set=daily_set).first()
        daily.answer(seller, item, {"chosen": ["b" if number == 0 else "a"]})
    return program, questions


def test_author_sees_first_answers_from_five_people_on(client, author):
    client.force_login(author.user)
    program, [asked, _unasked] = answered_program(author, people=5)
    count_results(timezone.now())
    progress = client.get(at("program_detail", program)).context["progress"]
    assert (progress.enrolled, progress.started, progress.first_answers, progress.to_answer, progress.percent) == (5, 5, 5, 10, 50)
    assert {question: (figure.people, figure.percent) for question, figure in progress.by_question.items()} == {asked.pk: (5, 80)}


def test_results_stand_on_the_page_with_their_date_and_finding(client, author):
    client.force_login(author.user)
    program, [asked, unasked] = answered_program(author, people=11)
    for enrollment in program.enrollments.all()[:5]:
        daily.answer(enrollment.member, daily.items_to_answer(enrollment.member).get(question=unasked), {"chosen": ["b"]})
    count_results(datetime(2030, 9, 2, 9, 17, tzinfo=UTC))
    content = client.get(at("program_detail", program)).content.decode()
    assert f"Question 2 is the hardest: 0{SPACE}%." in content
    assert f"{round(100 * 10 / 16)}{SPACE}% right at the first answer." in content
    assert "5 people chose “Send the quote”" in content
    assert "As of 2 September, 11:17" in content
    assert "91\N{NO-BREAK SPACE}% right at first, 11 people" in content
    assert asked.pk != unasked.pk


def test_pages_read_no_answer_that_was_not_counted(client, author):
    client.force_login(author.user)
    program, _questions = answered_program(author, people=6)
    progress = client.get(at("program_detail", program)).context["progress"]
    assert progress is None
    [(row, _mode)] = client.get(reverse("reinforcement:program_list")).context["rows"]
    assert (row.people, row.first_answers) == (6, 0)
    count_results(timezone.now())
    [(row, _mode)] = client.get(reverse("reinforcement:program_list")).context["rows"]
    assert (row.people, row.first_answers) == (6, 6)


def test_nobody_sees_figures_of_four_people_or_of_another_authors_program(client, author):
    small, _questions = answered_program(author, people=4)
    client.force_login(author.user)
    large, _questions = answered_program(author, people=5)
    count_results(timezone.now())
    assert client.get(at("program_detail", small)).context["progress"] is None
    for other, reads in ((AuthorFactory(organization=author.organization), False), (HrFactory(organization=author.organization), True)):
        client.force_login(other.user)
        assert (client.get(at("program_detail", large)).context["progress"] is not None) == reads


@pytest.mark.parametrize(("role", "is_told"), [("", True), ("is_hr", False), ("is_leadership", False)])
def test_how_questions_were_answered_is_told_to_an_author_who_reads_no_company_figures(client, author, role, is_told):
    program, _questions = answered_program(author, people=5)
    count_results(timezone.now())
    if role:
        setattr(author, role, True)
        author.save()
    client.force_login(author.user)
    response = client.get(at("program_detail", program))
    progress = response.context["progress"]
    assert (progress.enrolled, progress.first_answers) == (5, 5)
    assert bool(progress.by_question) is is_told
    assert ("right at the first answer" in response.content.decode()) is is_told
    assert ("is told to the author alone" in response.content.decode()) is not is_told


def test_answers_in_another_program_are_not_counted_here(client, author):
    program, questions = answered_program(author, people=5)
    twin = ProgramFactory(organization=author.organization, created_by=author)
    put_in(twin, *questions)
    enroll(twin, *[enrollment.member for enrollment in program.enrollments.all()])
    count_results(timezone.now())
    client.force_login(author.user)
    progress = client.get(at("program_detail", twin)).context["progress"]
    assert (progress.started, progress.first_answers, progress.by_question) == (0, 0, {})


@pytest.mark.parametrize("number", [1, 3])
def test_list_costs_the_same_however_many_programs(page, author, number, django_assert_num_queries):
    for _ in range(number):
        program = ProgramFactory(organization=author.organization)
        put_in(program, QuestionFactory(organization=author.organization))
        enroll(program, SellerFactory(organization=author.organization))
    with django_assert_num_queries(6):
        page.get(reverse("reinforcement:program_list"))


@pytest.mark.parametrize("number", [1, 3])
def test_overview_costs_the_same_however_many_questions_and_people(page, author, number, django_assert_num_queries):
    program = ProgramFactory(organization=author.organization, starts_on=timezone.now().date() - timedelta(days=3))
    put_in(program, *QuestionFactory.create_batch(number, organization=author.organization))
    sellers = SellerFactory.create_batch(number, organization=author.organization)
    services.set_audience(program, [*sellers, *TeamFactory.create_batch(number, organization=author.organization)])
    with django_assert_num_queries(11):
        page.get(at("program_detail", program))


@pytest.mark.parametrize("number", [1, 3])
def test_picking_costs_the_same_however_many_questions_and_teams(page, author, draft, number, django_assert_num_queries):
    QuestionFactory.create_batch(number, organization=author.organization)
    TeamFactory.create_batch(number, organization=author.organization)
    with django_assert_num_queries(6):
        page.get(at("program_questions", draft))
    with django_assert_num_queries(6):
        page.get(at("program_audience", draft))


def test_overview_offers_the_simulation_before_the_start_only(page, draft):
    services.set_audience(draft, [SellerFactory(organization=draft.organization)])
    assert page.get(at("program_detail", draft)).context["simulation"].state == "unasked"
    services.launch(draft)
    assert page.get(at("program_detail", draft)).context["simulation"].state == "unasked"
    draft.starts_on = date(2020, 9, 1)
    draft.save()
    assert page.get(at("program_detail", draft)).context["simulation"] is None
