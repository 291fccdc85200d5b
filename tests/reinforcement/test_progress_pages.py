"""What the pages of learning progress show, to whom, and at what cost."""

import csv
import io
from datetime import date, timedelta
from uuid import uuid4

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.models import Member, ReportingLine, User
from accounts.people import services as people
from accounts.people.services import root_team
from reinforcement.models import Competency, LastAnswers, MemberWeek, ProficiencyWeek
from reinforcement.progress import queries
from reinforcement.progress.figures import Figure, Measure, Period
from tests.factories import (
    CompetencyFactory,
    LastAnswersFactory,
    MemberFactory,
    MemberWeekFactory,
    ProficiencyWeekFactory,
    ProgramFactory,
    QuestionFactory,
    SellerFactory,
    TeamFactory,
    enroll,
    make_line,
    monday_of,
    put_in,
)
from tests.reinforcement.pages import figure_of, sign_in

pytestmark = pytest.mark.django_db


def names(team):
    return [person.name for person in team.people]


def count_statements(client, url, django_assert_max_num_queries, most=12):
    with django_assert_max_num_queries(most) as captured:
        assert client.get(url).status_code == 200
    return len(captured)


@pytest.fixture
def line():
    """A manager with one seller who has figures, and others' sellers with figures that must not leak in."""
    manager, [seller] = make_line(sellers=1)
    competency = CompetencyFactory(organization=manager.organization, name="Negotiation")
    LastAnswersFactory(member=seller, competency=competency, questions=10, right=7)
    MemberWeekFactory(
        member=seller, competency=competency, presented=20, answered=15, right=10, first_answered=10, first_right=4, first_credit=45_000
    )
    other_manager, [other_line] = make_line(organization=manager.organization, sellers=1)
    _stranger, [elsewhere] = make_line(sellers=1)
    for outsider in (other_line, other_manager, manager):
        LastAnswersFactory(member=outsider, competency=competency, questions=100, right=0)
        MemberWeekFactory(member=outsider, competency=competency, presented=100, answered=1, first_answered=100)
    LastAnswersFactory(member=elsewhere, questions=100, right=0)
    return manager, seller, other_line, elsewhere


@pytest.mark.parametrize(
    ("measure", "expected"),
    [
        (Measure.RIGHT, Figure(7, 10)),
        (Measure.INITIAL, Figure(4.5, 10)),
        (Measure.PARTICIPATION, Figure(15, 20, minimum=1)),
        (Measure.STARTED, Figure(10, 0, minimum=1)),
    ],
)
def test_team_figures_are_of_the_own_line_only(line, measure, expected):
    manager, seller, _other_line, _elsewhere = line
    team = queries.team_figures(manager, measure)
    assert [(person.public_id, person.figures) for person in team.people] == [(str(seller.public_id), (expected,))]


def test_team_figures_reach_indirect_reports():
    manager, [below] = make_line(sellers=1)
    SellerFactory(organization=manager.organization, manager=below, name="Zoë")
    assert names(queries.team_figures(manager, Measure.RIGHT))[-1] == "Zoë"


def test_former_manager_sees_nothing(client, line):
    manager, seller, _other_line, _elsewhere = line
    successor = MemberFactory(organization=manager.organization)
    people.report_to(seller, successor)
    assert queries.team_figures(manager, Measure.RIGHT).people == ()
    sign_in(client, manager)
    assert client.get(reverse("reinforcement:team")).status_code == 404
    assert client.get(reverse("reinforcement:team_member", args=[seller.public_id])).status_code == 404
    assert names(queries.team_figures(successor, Measure.RIGHT)) == [seller.name]


def test_person_who_left_is_not_in_the_table(line):
    manager, seller, _other_line, _elsewhere = line
    people.deactivate(seller)
    assert queries.team_figures(manager, Measure.RIGHT).people == ()


def test_right_at_last_answer_adds_up_over_the_teams_of_a_person():
    manager, [seller] = make_line(sellers=1)
    competency = CompetencyFactory(organization=manager.organization)
    LastAnswersFactory(member=seller, competency=competency, questions=3, right=1)
    LastAnswersFactory(member=seller, competency=competency, team=TeamFactory(organization=manager.organization), questions=2, right=2)
    LastAnswersFactory(member=seller, questions=0, right=0)
    [person] = queries.team_figures(manager, Measure.RIGHT).people
    assert person.figures == (Figure(3, 5),)


def test_initial_proficiency_counts_partial_credit():
    manager, [seller] = make_line(sellers=1)
    competency = CompetencyFactory(organization=manager.organization)
    MemberWeekFactory(member=seller, competency=competency, first_answered=3, first_right=1, first_credit=10_000 + 5_000 + 3_333)
    MemberWeekFactory(member=seller, competency=competency, week_on=date(2026, 1, 5), first_answered=3, first_right=3, first_credit=30_000)
    [person] = queries.team_figures(manager, Measure.INITIAL).people
    assert person.figures[0].percent == 81


def test_participation_stays_within_its_period_and_never_passes_all():
    manager, [seller] = make_line(sellers=1)
    competency = CompetencyFactory(organization=manager.organization)
    monday = monday_of(timezone.localdate(timezone=manager.zone))
    # Friday's set was answered in the week after it.
    MemberWeekFactory(member=seller, competency=competency, week_on=monday - timedelta(weeks=3), presented=3, answered=5)
    MemberWeekFactory(member=seller, competency=competency, week_on=monday - timedelta(weeks=4), presented=7, answered=1)

    def participation(period):
        [person] = queries.team_figures(manager, Measure.PARTICIPATION, period).people
        return person.figures[0]

    assert participation(Period.FOUR_WEEKS) == Figure(3, 3, minimum=1)
    assert participation(Period.TWELVE_WEEKS) == Figure(6, 10, minimum=1)
    assert participation(Period.ALL) == Figure(6, 10, minimum=1)


def test_started_counts_a_question_in_two_programs_once():
    manager, [seller, idle] = make_line(sellers=2)
    competency = CompetencyFactory(organization=manager.organization)
    shared, *others = QuestionFactory.create_batch(3, organization=manager.organization, competency=competency)
    first, second, draft = ProgramFactory.create_batch(3, organization=manager.organization)
    draft.state = draft.State.DRAFT
    draft.save()
    put_in(first, shared, others[0])
    put_in(second, shared)
    put_in(draft, others[1])
    for program in (first, second, draft):
        enroll(program, seller)
    enroll(second, idle)
    MemberWeekFactory(member=seller, competency=competency, first_answered=1)
    figures = {person.public_id: person.figures for person in queries.team_figures(manager, Measure.STARTED).people}
    assert figures == {
        str(seller.public_id): (Figure(1, 2, minimum=1),),
        str(idle.public_id): (Figure(0, 1, minimum=1),),
    }


def test_team_page_shows_the_finding_the_person_and_the_figure(client, line):
    manager, seller, other_line, _elsewhere = line
    sign_in(client, manager)
    page = client.get(reverse("reinforcement:team")).content.decode()
    assert "Negotiation stands at 70\N{NO-BREAK SPACE}% at the last answer" in page
    assert reverse("reinforcement:team_member", args=[seller.public_id]) in page
    assert "70\N{NO-BREAK SPACE}%, 10 questions answered" in page
    assert other_line.name not in page


@pytest.mark.parametrize(("questions", "words"), [(4, "not enough data: 4 questions answered"), (5, "100\N{NO-BREAK SPACE}%, 5 questions")])
def test_team_page_has_a_figure_from_five_answers_on(client, questions, words):
    manager, [seller] = make_line(sellers=1)
    LastAnswersFactory(member=seller, questions=questions, right=questions)
    sign_in(client, manager)
    assert words in client.get(reverse("reinforcement:team")).content.decode()


@pytest.mark.parametrize("measure", list(Measure))
def test_team_page_without_figures_says_what_comes(client, measure):
    manager, _sellers = make_line(sellers=1)
    sign_in(client, manager)
    response = client.get(reverse("reinforcement:team"), {"measure": measure})
    assert "appears with the first sets of a program" in response.content.decode()


def test_team_page_is_not_there_for_people_without_reports(client):
    sign_in(client, SellerFactory())
    for name in ("team", "team_download", "team_trend", "team_trend_download"):
        assert client.get(reverse(f"reinforcement:{name}")).status_code == 404


@pytest.mark.parametrize("query", [{"measure": "rank"}, {"weeks": "5"}, {"view": "pie"}])
def test_team_page_of_an_unknown_figure_is_not_found(client, line, query):
    sign_in(client, line[0])
    assert client.get(reverse("reinforcement:team"), query).status_code == 404


def test_team_page_draws_the_map_of_what_the_table_says(client, line):
    manager, seller, other_line, _elsewhere = line
    sign_in(client, manager)
    page = client.get(reverse("reinforcement:team")).content.decode()
    figure = figure_of(page, "team-map")
    low, high, _words = figure["data"]
    assert (low["text"], high["text"], high["customdata"]) == ([[""]], [["70"]], [["10"]])
    assert figure["layout"]["meta"]["links"] == {seller.name: reverse("reinforcement:team_member", args=[seller.public_id])}
    assert 'role="img" aria-label="Negotiation stands at 70\N{NO-BREAK SPACE}% at the last answer"' in page
    assert other_line.name not in page


def test_team_page_shown_as_a_table_brings_no_chart(client, line):
    sign_in(client, line[0])
    page = client.get(reverse("reinforcement:team"), {"view": "table"}).content.decode()
    assert '<table class="heat">' in page
    assert "charts.js" not in page
    assert "data-figure" not in page


def test_team_page_keeps_its_view_on_the_way_to_another_measure_and_page(client):
    manager, sellers = make_line(sellers=51)
    LastAnswersFactory(member=sellers[0])
    sign_in(client, manager)
    page = client.get(reverse("reinforcement:team"), {"view": "table"}).content.decode()
    assert "?measure=initial&amp;view=table" in page
    assert "&amp;view=table&amp;page=2" in page


def test_person_page_is_closed_for_everybody_outside_the_line(client, line):
    manager, seller, other_line, elsewhere = line
    sign_in(client, manager)
    statuses = [
        client.get(reverse("reinforcement:team_member", args=[person.public_id])).status_code for person in (seller, other_line, elsewhere)
    ]
    assert statuses == [200, 404, 404]
    assert client.get(reverse("reinforcement:team_member", args=[manager.public_id])).status_code == 404


def test_person_page_shows_the_weeks_behind_a_competency(client, line):
    manager, seller, other_line, _elsewhere = line
    other = MemberWeekFactory(member=seller, presented=3, answered=2).competency
    sign_in(client, manager)
    url = reverse("reinforcement:team_member", args=[seller.public_id])
    assert "17 of 23 questions answered" in client.get(url).content.decode()
    assert "2 of 3 questions answered" in client.get(url, {"competency": other.public_id}).content.decode()
    foreign = MemberWeekFactory(member=other_line).competency
    for unknown in (foreign.public_id, "nonsense"):
        assert client.get(url, {"competency": unknown}).status_code == 404


@pytest.mark.parametrize(("answered", "is_told"), [(1, False), (4, False), (5, True)])
def test_a_manager_is_told_how_many_were_right_from_five_answers_a_week_on(client, line, answered, is_told):
    manager, seller, _other_line, _elsewhere = line
    week_on = timezone.localdate() - timedelta(days=timezone.localdate().weekday())
    MemberWeek.objects.filter(member=seller).delete()
    counts = {"presented": 9, "answered": answered, "right": answered - 1, "first_answered": 0}
    MemberWeekFactory(member=seller, week_on=week_on, **counts)
    told = f'<td class="n">{answered}</td><td class="n">{answered - 1}</td>'
    sign_in(client, manager)
    assert (told in client.get(reverse("reinforcement:team_member", args=[seller.public_id])).content.decode()) is is_told
    sign_in(client, seller)
    assert told in client.get(reverse("reinforcement:progress")).content.decode()


def test_progress_page_shows_own_figures_and_who_reads_them(client, line):
    manager, seller, _other_line, _elsewhere = line
    sign_in(client, seller)
    page = client.get(reverse("reinforcement:progress")).content.decode()
    assert "From 40 to 70 out of 100" in page
    assert "Negotiation: from 40 to 70 per cent" in page
    assert "Initial proficiency 45&nbsp;%" in page
    assert f"You, {manager.name}, and the managers above." in page
    assert "15 of 20 questions answered" in page


def test_progress_page_shows_last_answers_without_first_ones(client):
    seller = SellerFactory()
    competency = LastAnswersFactory(member=seller, questions=10, right=7).competency
    sign_in(client, seller)
    assert f"{competency.name}: 70 per cent" in client.get(reverse("reinforcement:progress")).content.decode()


def test_progress_page_before_the_first_set_says_what_to_do(client):
    sign_in(client, SellerFactory())
    page = client.get(reverse("reinforcement:progress")).content.decode()
    assert "Your progress starts with your first set" in page
    assert "Open today" in page


def test_progress_page_is_for_sellers(client):
    sign_in(client, MemberFactory())
    assert client.get(reverse("reinforcement:progress")).status_code == 404


def test_figures_page_has_an_anchor_for_each_measure(client):
    sign_in(client, MemberFactory())
    page = client.get(reverse("reinforcement:figures")).content.decode()
    assert all(f'id="{measure}"' in page for measure in Measure)


def test_pages_are_kept_by_no_shared_cache(client, line):
    manager, seller, _other_line, _elsewhere = line
    sign_in(client, manager)
    urls = [
        reverse("reinforcement:team"),
        reverse("reinforcement:team_download"),
        reverse("reinforcement:team_trend"),
        reverse("reinforcement:team_trend_download"),
        reverse("reinforcement:team_member", args=[seller.public_id]),
    ]
    for url in urls:
        assert set(client.get(url)["Cache-Control"].split(", ")) == {"private", "no-cache"}


def test_download_holds_what_the_page_shows(client, line):
    manager, seller, _other_line, _elsewhere = line
    seller.name = "=cmd|' /C calc'!A1"
    seller.save()
    SellerFactory(organization=manager.organization, manager=manager, name="Zoë")
    sign_in(client, manager)
    response = client.get(reverse("reinforcement:team_download"), {"measure": "right"})
    assert response["Content-Disposition"] == 'attachment; filename="team-right.csv"'
    rows = list(csv.reader(io.StringIO(response.content.decode("utf-8-sig"))))
    assert rows == [
        ["Person", "Negotiation, %", "Negotiation, questions answered"],
        ["'=cmd|' /C calc'!A1", "70", "10"],
        ["Zoë", "–", ""],  # noqa: RUF001 - the dash of the page
        ["Team, mean of people with data", "70", "1 of 2"],
    ]


def test_page_and_download_begin_with_the_lowest_competency(client, line):
    manager, seller, _other_line, _elsewhere = line
    LastAnswersFactory(member=seller, competency=CompetencyFactory(organization=manager.organization, name="Value"), questions=10, right=4)
    sign_in(client, manager)
    page = client.get(reverse("reinforcement:team")).content.decode()
    assert page.index('<th scope="col">Value') < page.index('<th scope="col">Negotiation')
    assert "Columns from the lowest to the highest mean" in page
    download = client.get(reverse("reinforcement:team_download")).content.decode("utf-8-sig")
    assert download.splitlines()[0] == 'Person,"Value, %","Value, questions answered","Negotiation, %","Negotiation, questions answered"'


def test_download_holds_everybody_and_the_page_fifty(client):
    manager, sellers = make_line(sellers=51)
    LastAnswersFactory(member=sellers[0])
    sign_in(client, manager)
    url = reverse("reinforcement:team")
    assert client.get(url).content.decode().count('<th scope="row"><a') == 50
    assert client.get(url, {"page": 2}).content.decode().count('<th scope="row"><a') == 1
    assert len(client.get(reverse("reinforcement:team_download")).content.decode().splitlines()) == 53


def fill_line(manager, count):
    """`count` more sellers of the line, each with figures of twelve competencies over four weeks. So many rows are made in bulk."""
    organization = manager.organization
    today = timezone.localdate(timezone=manager.zone)
    competencies = [Competency.objects.get_or_create(organization=organization, name=f"Competency {n}")[0] for n in range(12)]
    users = User.objects.bulk_create(User(email=f"{uuid4()}@example.org") for _ in range(count))
    sellers = Member.objects.bulk_create(
        Member(organization=organization, user=user, name=f"Seller {n}", is_seller=True) for n, user in enumerate(users)
    )
    ReportingLine.objects.bulk_create(
        ReportingLine(organization=organization, member=seller, manager=manager, started_on=date(2020, 1, 1)) for seller in sellers
    )
    pairs = [(seller, competency) for seller in sellers for competency in competencies]
    team = root_team(organization)
    LastAnswers.objects.bulk_create(
        LastAnswers(organization=organization, member=seller, competency=competency, team=team, questions=10, right=seller.pk % 11)
        for seller, competency in pairs
    )
    ProficiencyWeek.objects.bulk_create(
        ProficiencyWeekFactory.build(member=seller, organization=organization, competency=competency, expected=seller.pk % 11)
        for seller, competency in pairs
    )
    MemberWeek.objects.bulk_create(
        (
            MemberWeek(
                organization=organization,
                member=seller,
                competency=competency,
                week_on=monday_of(today) - timedelta(weeks=ago),
                presented=5,
                answered=5,
                right=3,
                first_answered=1,
                first_credit=5_000,
            )
            for seller, competency in pairs
            for ago in range(4)
        ),
        batch_size=2_000,
    )


# The session with its person and whether somebody reports to it, then the reads of the page; the frame asks nothing.
STATEMENTS = {
    "team/?measure=right": 5,
    "team/?measure=initial": 5,
    "team/?measure=participation": 5,
    "team/?measure=started": 6,
    "team/?view=table": 5,
    "team/?measure=current": 5,
    "team/weeks/": 3,
}
MOST_BYTES = 200_000


def test_team_pages_cost_the_same_at_one_seller_and_at_a_thousand(client, django_assert_num_queries, figure):
    manager = sign_in(client, MemberFactory())
    sellers = 0
    for size in (1, 10, 100, 1_000):
        fill_line(manager, size - sellers)
        sellers = size
        for address, statements in STATEMENTS.items():
            with django_assert_num_queries(statements):
                page = client.get(f"/{address}").content
            assert len(page) <= MOST_BYTES
            if size == 1_000:
                figure("manager pages", f"/{address}, 1,000 sellers", f"<= {MOST_BYTES} B", f"{len(page)} B, {statements} statements")


@pytest.mark.parametrize("page", ["team_member", "progress"])
def test_person_pages_cost_the_same_for_one_week_and_many(client, page, django_assert_max_num_queries):
    manager, [seller] = make_line(sellers=1)
    sign_in(client, manager if page == "team_member" else seller)
    url = reverse(f"reinforcement:{page}", args=[seller.public_id] if page == "team_member" else [])
    MemberWeekFactory(member=seller, presented=2, answered=2, first_answered=2)
    alone = count_statements(client, url, django_assert_max_num_queries)
    for weeks_ago in range(5):
        LastAnswersFactory(member=seller)
        MemberWeekFactory(member=seller, presented=2, answered=2, week_on=date(2026, 1, 5) + timedelta(weeks=weeks_ago))
    assert count_statements(client, url, django_assert_max_num_queries) == alone
