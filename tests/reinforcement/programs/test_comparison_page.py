"""The page of a comparison: who reads it, what it says and hides, and what it costs."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from reinforcement.daily.comparisons import count_comparisons
from reinforcement.models import ComparedGroup, Program
from tests.factories import AuthorFactory, HrFactory, LeadershipFactory, MemberFactory, OrganizationFactory, OwnerFactory, SellerFactory
from tests.reinforcement.drawn import NIGHT, answer, enroll_in, join, make_compared, make_found
from tests.reinforcement.pages import sign_in

pytestmark = pytest.mark.django_db
SHOWN = "People who answered them"


@pytest.fixture
def author():
    return AuthorFactory()


def at(program):
    return reverse("reinforcement:program_comparison", args=[program.public_id])


def read(client, program) -> str:
    """The words of the page, without its marks."""
    found = client.get(at(program))
    assert found.status_code == 200
    page = re.sub(r"<(script|style|head).*?</\1>", "", found.content.decode(), flags=re.S)
    return " ".join(re.sub(r"<[^>]+>", " ", page).replace("&nbsp;", " ").split())


def test_finding_stands_first_with_its_interval_and_evidence(client, author):
    program = make_found(author.organization, rights=8, rights_by_date=5, people=20, created_by=author)
    count_comparisons(NIGHT)
    sign_in(client, author)
    heading = re.search(r"<h1>(.*?)</h1>", client.get(at(program)).content.decode())[1]
    assert heading.endswith("with the adaptive choice were right 30 points more often (from 21 to 39 more, 95 % interval).")
    page = read(client, program)
    assert "200 answers of 20 people with the adaptive choice against 200 answers of 20 people with fixed spacing." in page
    assert "Right, on questions drawn by lot 80 % 50 %" in page
    assert "Effect in a randomised comparison" in page
    assert "All questions answered, per person 10.0 10.0" in page
    assert "As of 3 November 2026" in page


def test_difference_that_could_be_chance_is_said_to_be_that(client, author):
    program = make_found(author.organization, rights=6, rights_by_date=5, people=8, created_by=author)
    # Two who know nothing, among people who know much.
    answer(program, join(program, 2, is_fixed=False), ["wrong"] * 10)
    count_comparisons(NIGHT)
    sign_in(client, author)
    page = read(client, program)
    assert "95 % interval). That could be chance." in page
    assert "Effect" not in page


def test_results_are_read_by_hr_leadership_and_the_programs_author_alone(client, author):
    organization = author.organization
    program = make_found(organization, created_by=author)
    count_comparisons(NIGHT)
    manager = MemberFactory(organization=organization)
    seller = SellerFactory(organization=organization, manager=manager)
    enroll_in(program, [seller], is_fixed=False)
    for reader in (author, HrFactory(organization=organization), LeadershipFactory(organization=organization)):
        sign_in(client, reader)
        assert SHOWN in read(client, program)
    others = [seller, manager, OwnerFactory(organization=organization), AuthorFactory(organization=organization)]
    others += [HrFactory(), LeadershipFactory(), AuthorFactory()]
    for reader in others:
        sign_in(client, reader)
        assert client.get(at(program)).status_code == 404


@pytest.mark.parametrize("settings", [{"fixed_share": 0}, {"mode": Program.Mode.FIXED}, {"state": Program.State.DRAFT}])
def test_program_that_compares_nothing_has_no_such_page(client, author, settings):
    program = make_compared(author.organization, created_by=author, **settings)
    sign_in(client, author)
    assert client.get(at(program)).status_code == 404
    assert at(program) not in client.get(reverse("reinforcement:program_detail", args=[program.public_id])).content.decode()


def test_program_leads_to_its_comparison_for_who_reads_its_results(client, author):
    program = make_compared(author.organization, created_by=author)
    for reader, is_led in (
        (author, True),
        (HrFactory(organization=author.organization), True),
        (AuthorFactory(organization=author.organization), False),
    ):
        sign_in(client, reader)
        page = client.get(reverse("reinforcement:program_detail", args=[program.public_id])).content.decode()
        assert (f'href="{at(program)}"' in page) == is_led


def test_group_of_fewer_than_eight_shows_nothing(client, author):
    program = make_found(author.organization, people=7, created_by=author)
    count_comparisons(NIGHT)
    sign_in(client, author)
    page = read(client, program)
    assert "Not enough data yet" in page
    assert "It takes 8 people or more in each group who have answered a question drawn by lot." in page
    assert "With 40 sellers in a hundred, about 6 of 14 people run on fixed spacing." in page
    assert SHOWN not in page


def test_counts_of_before_a_stricter_minimum_are_hidden(client, author):
    program = make_found(author.organization, people=9, created_by=author)
    count_comparisons(NIGHT)
    organization = author.organization
    organization.small_group_minimum = 10
    organization.save()
    sign_in(client, author)
    page = read(client, program)
    assert "It takes 10 people or more" in page
    assert SHOWN not in page


def test_too_few_answers_say_what_is_missing(client, author):
    program = make_compared(author.organization, created_by=author)
    answer(program, join(program, 8, is_fixed=False), ["right", "wrong"])
    fixed = join(program, 8, is_fixed=True)
    answer(program, fixed, ["right"])
    answer(program, fixed[:3], ["wrong"])
    count_comparisons(NIGHT)
    sign_in(client, author)
    page = read(client, program)
    assert "Not enough data yet With fixed spacing nearly all answers are alike yet; it takes 5 right ones and as many others." in page
    assert "points more often" not in page


def test_page_names_nobody(client, author):
    program = make_found(author.organization, created_by=author)
    count_comparisons(NIGHT)
    sign_in(client, author)
    page = read(client, program)
    for name in program.enrollments.values_list("member__name", flat=True):
        assert name not in page


def test_figures_of_other_programs_and_organizations_stay_there(client, author):
    program = make_compared(author.organization, created_by=author)
    make_found(author.organization, created_by=author)
    make_found(OrganizationFactory())
    count_comparisons(NIGHT)
    assert ComparedGroup.objects.count() == 4
    sign_in(client, author)
    assert "Not enough data yet" in read(client, program)


def test_page_costs_the_same_with_many_people_and_programs(client, author):
    def statements(people: int) -> int:
        program = make_found(author.organization, people=people, created_by=author)
        count_comparisons(NIGHT)
        client.get(at(program))
        with CaptureQueriesContext(connection) as captured:
            assert SHOWN in read(client, program)
        return len(captured)

    sign_in(client, author)
    assert statements(8) == statements(20)
