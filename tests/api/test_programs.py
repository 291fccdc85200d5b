"""Programs in the API."""

from datetime import date

import pytest

from reinforcement.models import Enrollment, Program
from reinforcement.programs import services
from tests.factories import (
    AuthorFactory,
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

LIST = "/api/v1/programs/"


def at(program, *more):
    return f"{LIST}{program.public_id}/" + "".join(f"{part}/" for part in more)


@pytest.fixture
def author():
    return AuthorFactory()


@pytest.fixture
def draft(author):
    """A draft of two questions for one team, and a program of another organization."""
    ProgramFactory()
    program = ProgramFactory(organization=author.organization, state=Program.State.DRAFT, starts_on=date(2030, 9, 2))
    put_in(program, *QuestionFactory.create_batch(2, organization=author.organization))
    services.set_audience(program, [TeamFactory(organization=author.organization)])
    return program


def test_an_author_plans_a_program(api, author):
    first, second = QuestionFactory.create_batch(2, organization=author.organization)
    team = TeamFactory(organization=author.organization)
    seller = SellerFactory(organization=author.organization)
    body = {
        "name": "Value",
        "starts_on": "2030-09-02",
        "weekdays": ["thu", "mon"],
        "questions": [str(second.public_id), str(first.public_id), str(second.public_id)],
        "audience": {"teams": [str(team.public_id)], "members": [str(seller.public_id)]},
    }
    response = api(author).post(LIST, body, format="json")
    assert response.status_code == 201
    program = Program.objects.get()
    assert (program.created_by, program.state, program.weekdays, program.mode) == (author, "draft", 0b1001, "adaptive")
    expected = {"weekdays": ["mon", "thu"], "questions": body["questions"][:2], "audience": body["audience"], "ends_on": None}
    assert {name: response.json()[name] for name in expected} == expected
    assert response.json() == api(author).get(at(program)).json()


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"ends_on": "2030-09-01"}, "ends_on"),
        ({"cap_per_day": 1}, "new_per_day"),
        ({"cap_per_day": 11}, "cap_per_day"),
        ({"weekdays": []}, "weekdays"),
        ({"weekdays": "mon"}, "weekdays"),
        ({"mode": "best"}, "mode"),
        ({"questions": ["00000000-0000-0000-0000-000000000000"]}, "questions"),
        ({"audience": {"teams": ["00000000-0000-0000-0000-000000000000"]}}, "audience"),
        ({"audience": []}, "audience"),
    ],
)
def test_a_program_with_a_fault_is_refused_at_its_field(api, author, changes, field):
    response = api(author).post(LIST, {"name": "Value", "starts_on": "2030-09-02"} | changes, format="json")
    assert response.status_code == 400
    assert list(response.json()["error"]["fields"]) == [field]
    assert not Program.objects.exists()


def test_rows_of_another_organization_are_none(api, author):
    body = {"name": "Value", "starts_on": "2030-09-02"}
    client = api(author)
    for changes in (
        {"questions": [str(QuestionFactory().public_id)]},
        {"audience": {"teams": [str(TeamFactory().public_id)]}},
        {"audience": {"members": [str(SellerFactory().public_id)]}},
    ):
        assert client.post(LIST, body | changes, format="json").status_code == 400
    assert not Program.objects.exists()


def test_a_draft_is_changed_in_part(api, author, draft):
    before = api(author).get(at(draft)).json()
    [kept, _removed] = before["questions"]
    response = api(author).patch(at(draft), {"name": "New name", "questions": [kept], "state": "running"}, format="json")
    assert response.json() == before | {"name": "New name", "questions": [kept]}


def test_a_change_is_checked_against_what_stands(api, author, draft):
    response = api(author).patch(at(draft), {"ends_on": "2030-09-01"}, format="json")
    assert list(response.json()["error"]["fields"]) == ["ends_on"]


def test_a_launched_program_is_not_changed(api, author, draft):
    services.launch(draft)
    response = api(author).patch(at(draft), {"name": "New name"}, format="json")
    assert (response.status_code, response.json()["error"]["code"]) == (409, "not_a_draft")
    draft.refresh_from_db()
    assert draft.name != "New name"


def test_launch_enrolls_once(api, author, draft):
    seller = SellerFactory(organization=author.organization)
    services.set_audience(draft, [seller])
    for _ in range(2):
        response = api(author).post(at(draft, "launch"))
        assert (response.status_code, response.json()["state"]) == (200, "running")
    assert Enrollment.objects.get(program=draft).member == seller


def test_launch_says_what_is_missing_or_over(api, author, draft):
    services.set_audience(draft, [])
    response = api(author).post(at(draft, "launch"))
    assert (response.status_code, response.json()["error"]["code"]) == (409, "not_ready")
    services.end(draft, on=date(2030, 9, 3))
    response = api(author).post(at(draft, "launch"))
    assert (response.status_code, response.json()["error"]["code"]) == (409, "ended")


def test_others_read_what_they_may_and_write_nothing(api, author, draft):
    organization = author.organization
    manager = MemberFactory(organization=organization)
    enrolled = SellerFactory(organization=organization, manager=manager)
    other = SellerFactory(organization=organization)
    services.set_audience(draft, [enrolled, other])
    enroll(draft, enrolled)

    def read(member):
        return api(member).get(at(draft))

    assert set(read(HrFactory(organization=organization)).json()["audience"]["members"]) == {str(enrolled.public_id), str(other.public_id)}
    assert read(manager).json()["audience"]["members"] == [str(enrolled.public_id)]
    assert (read(enrolled).json()["questions"], read(enrolled).json()["audience"]) == (None, None)
    assert [read(member).status_code for member in (other, AuthorFactory())] == [404, 404]
    for member in (manager, enrolled, HrFactory(organization=organization), AuthorFactory()):
        client = api(member)
        assert client.patch(at(draft), {"name": "x"}, format="json").status_code == 404
        assert client.post(at(draft, "launch")).status_code == 404
    assert api(manager).post(LIST, {}, format="json").status_code == 404


@pytest.mark.parametrize("number", [1, 3])
def test_list_costs_the_same_however_many_programs(api, author, number, django_assert_num_queries):
    ProgramFactory.create_batch(number, organization=author.organization)
    client = api(author)
    client.get(LIST)
    with django_assert_num_queries(8):
        assert len(client.get(LIST).json()["results"]) == number
