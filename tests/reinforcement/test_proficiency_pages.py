"""Where current proficiency is shown, to whom, and when nothing is said."""

import csv
import io
import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import translation

from reinforcement.models import ProficiencyWeek
from reinforcement.progress import queries
from reinforcement.progress.figures import Figure, Mean, Measure
from reinforcement.progress.forgetting import forgetting_of
from tests.factories import (
    AuthorFactory,
    CompetencyFactory,
    HrFactory,
    LeadershipFactory,
    MemberFactory,
    MemberWeekFactory,
    OwnerFactory,
    ProficiencyWeekFactory,
    SellerFactory,
    make_line,
)
from tests.reinforcement.asking import signed_in, words
from tests.reinforcement.pages import sign_in

pytestmark = pytest.mark.django_db
PROGRESS, API = "/progress/", "/api/v1/progress/"


@pytest.fixture
def line():
    """A manager with two sellers, one of them with a figure; around them figures that are somebody else's."""
    manager, [seller, silent] = make_line(sellers=2)
    competency = CompetencyFactory(organization=manager.organization, name="Negotiation")
    ProficiencyWeekFactory(member=seller, competency=competency)
    _other_manager, [other] = make_line(organization=manager.organization, sellers=1)
    for outsider in (other, manager, SellerFactory()):
        place = competency if outsider.organization == manager.organization else CompetencyFactory(organization=outsider.organization)
        ProficiencyWeekFactory(member=outsider, competency=place, expected=1.0, questions=100)
    return manager, seller, silent, other


def of_person(seller):
    return reverse("reinforcement:team_member", args=[seller.public_id])


def test_seller_reads_the_own_figure_and_how_it_goes_on(client, line):
    _manager, seller, _silent, _other = line
    sign_in(client, seller)
    page = words(client.get(PROGRESS))
    assert "7 of 10 expected right (4 to 10), from 24 answers" in page
    assert "Without practice about 5 of 10 in 60 days; with the coming questions about 8." in page
    assert f'href="{reverse("reinforcement:figures")}#current"' in page
    assert page.count("<svg") >= 2
    assert "expected right (" in page
    assert page.count("of 100 ") == 0


def test_manager_reads_the_same_of_that_person_and_of_nobody_elses(client, line):
    manager, seller, silent, other = line
    sign_in(client, manager)
    assert "7 of 10 expected right (4 to 10), from 24 answers" in words(client.get(of_person(seller)))
    assert "expected right (" not in words(client.get(of_person(silent)))
    assert client.get(of_person(other)).status_code == 404


@pytest.mark.parametrize("role", [SellerFactory, HrFactory, LeadershipFactory, AuthorFactory, OwnerFactory, MemberFactory])
def test_nobody_outside_the_line_reads_a_persons_figure(line, role):
    _manager, seller, _silent, _other = line
    for reader in (role(organization=seller.organization), role()):
        client = signed_in(reader)
        assert client.get(of_person(seller)).status_code == 404
        assert client.get(API, {"member": seller.public_id}).status_code == 404
        for address in ("/team/?measure=current", "/team/figures.csv?measure=current"):
            assert client.get(address).status_code == 404


def test_curves_stand_as_a_table_too(client, line):
    _manager, seller, _silent, _other = line
    sign_in(client, seller)
    page = words(client.get(PROGRESS))
    for practice, numbers in (("without", (7, 6, 6, 6, 6, 6, 5, 5, 5, 5)), ("with", (7, 7, 7, 8, 8, 8, 8, 8, 8, 8))):
        cells = "".join(f'<td class="n">{number}</td>' for number in numbers)
        assert f'<tr><th scope="row">Negotiation</th><td>{practice}</td>{cells}<td class="n">10</td></tr>' in page


def test_where_nothing_is_coming_only_forgetting_is_shown(client, line):
    _manager, seller, _silent, _other = line
    ProficiencyWeek.objects.filter(member=seller).update(coming=None)
    sign_in(client, seller)
    page = words(client.get(PROGRESS))
    assert "Without practice about 5 of 10 in 60 days." in page
    assert "coming questions about" not in page
    assert "with the coming questions</li>" not in page


def test_before_the_first_night_both_pages_say_when_it_will_stand_there(line):
    manager, seller, _silent, _other = line
    MemberWeekFactory(member=seller)
    ProficiencyWeek.objects.filter(member=seller).delete()
    for page in (signed_in(seller).get(PROGRESS), signed_in(manager).get(of_person(seller))):
        section = re.search(r'id="current-now".*?</section>', words(page)).group()
        assert "From tomorrow on it says here" in section


def test_under_five_answers_no_page_file_or_interface_says_how_many_are_right(line):
    manager, seller, _silent, _other = line
    ProficiencyWeek.objects.filter(member=seller).update(answers=4)
    own, above = signed_in(seller), signed_in(manager)
    for page in (own.get(PROGRESS), above.get(of_person(seller))):
        text = words(page)
        section = re.search(r'id="current-now".*?</section>', text).group()
        assert "Not enough answers yet" in section
        assert not re.search(r"\d+ of \d+ expected|%|<svg class=\"plot\"|<td", section)
    team = words(above.get("/team/?measure=current"))
    assert "not enough data: 4 answers" in team
    cells = re.findall(r"<td[^>]*>(.*?)</td>", re.search(r"<tbody>.*</table>", team).group())
    assert not [cell for cell in cells if "70" in cell]  # names and addresses beside them may hold any digits
    rows = list(csv.reader(io.StringIO(above.get("/team/figures.csv?measure=current").content.decode("utf-8-sig"))))
    assert rows[1:] == [[seller.name, "few", "4"], [_silent.name, "–", ""], ["Team, mean of people with data", "–", "0 of 2"]]  # noqa: RUF001
    for body in (own.get(API).json(), above.get(API, {"member": seller.public_id}).json()):
        [competency] = body["competencies"]
        current = competency["current"]
        assert (current["questions"], current["answers"]) == (10, 4)
        assert [current[name] for name in ("expected", "low", "high", "days")] == [None] * 4


def test_interface_gives_whole_questions_alone(line):
    _manager, seller, _silent, _other = line
    [competency] = signed_in(seller).get(API).json()["competencies"]
    current = competency["current"]
    assert [current[name] for name in ("questions", "answers", "expected", "low", "high")] == [10, 24, 7, 4, 10]
    assert current["days"][0] == {"day": 0, "unpractised": 7, "coming": 7}
    assert current["days"][-1] == {"day": 60, "unpractised": 5, "coming": 8}


def test_team_figure_is_the_mean_of_people_with_data_and_says_how_many(client, line):
    manager, seller, silent, other = line
    competency = ProficiencyWeek.objects.get(member=seller).competency
    ProficiencyWeekFactory(member=silent, competency=competency, questions=20, expected=10.0)
    third = SellerFactory(organization=manager.organization, manager=manager)
    ProficiencyWeekFactory(member=third, competency=competency, answers=4)
    team = queries.team_figures(manager, Measure.CURRENT)
    assert {person.figures for person in team.people} == {
        (Figure(7.0, 10, answers=24),),
        (Figure(10.0, 20, answers=24),),
        (Figure(7.0, 10, answers=4),),
    }
    assert team.means == (Mean(share=pytest.approx(0.6), with_data=2, people=3),)
    sign_in(client, manager)
    page = words(client.get("/team/?measure=current&view=table"))
    assert "60 %, mean of 2 of 3 people" in page
    assert "70 %, 24 answers" in page
    assert "Negotiation stands at 60 % if it were asked now" in page
    assert other.name not in page


def test_team_before_the_first_night_says_what_comes(client):
    manager, _sellers = make_line(sellers=1)
    sign_in(client, manager)
    page = words(client.get("/team/?measure=current"))
    assert "Nothing counted yet" in page
    assert "counted each night" in page


def test_only_the_current_row_is_shown(line):
    manager, seller, _silent, _other = line
    ProficiencyWeek.objects.filter(member=seller).update(is_current=False)
    assert queries.team_figures(manager, Measure.CURRENT).competencies == ()
    assert queries.person_progress(seller, seller).competencies == ()


def test_curve_begins_at_what_answers_have_made_of_the_figure_since(line):
    """The night said 7, answers made it 9.5: the curves keep their form, and never pass all questions."""
    _manager, seller, _silent, _other = line
    ProficiencyWeek.objects.filter(member=seller).update(expected=9.5)
    with translation.override("en"):
        [row] = forgetting_of(queries.person_progress(seller, seller), seller.zone)
    assert row.outlook.unpractised[0] == row.outlook.coming[0] == 9.5
    assert row.outlook.unpractised[-1] == pytest.approx(9.5 * 5.1 / 7)
    assert max(row.outlook.coming) == 10
    assert list(row.outlook.unpractised) == sorted(row.outlook.unpractised, reverse=True)


@pytest.mark.parametrize("expected", [-0.3, 10.4])
def test_sums_that_answers_have_moved_too_far_stay_within_the_questions(client, line, expected):
    _manager, seller, _silent, _other = line
    ProficiencyWeek.objects.filter(member=seller).update(expected=expected, variance=-0.01)
    sign_in(client, seller)
    right = 0 if expected < 0 else 10
    assert f"{right} of 10 expected right ({right} to {right})" in words(client.get(PROGRESS))


def test_pages_cost_the_same_with_one_competency_and_with_many(line, django_assert_num_queries):
    manager, seller, _silent, _other = line
    pages = [(signed_in(seller), PROGRESS), (signed_in(manager), of_person(seller)), (signed_in(manager), "/team/?measure=current")]
    costs = []
    for client, address in pages:
        client.get(address)
        costs.append(len(queries_of(client, address)))
    for _number in range(8):
        ProficiencyWeekFactory(member=seller, competency=CompetencyFactory(organization=seller.organization))
    for (client, address), cost in zip(pages, costs, strict=True):
        with django_assert_num_queries(cost):
            client.get(address)


def queries_of(client, address):
    with CaptureQueriesContext(connection) as captured:
        client.get(address)
    return captured.captured_queries
