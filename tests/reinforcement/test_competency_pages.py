"""The competency tree: authors write, managers and HR read, others find nothing."""

import pytest
from django.urls import reverse
from django.utils import timezone

from reinforcement.competencies import services
from reinforcement.competencies.tree import in_tree_order
from reinforcement.models import Competency
from tests.factories import AuthorFactory, CompetencyFactory, HrFactory, QuestionFactory, SellerFactory, make_line

pytestmark = pytest.mark.django_db

LIST = reverse("reinforcement:competency_list")
CREATE = reverse("reinforcement:competency_create")


@pytest.fixture
def author(client):
    author = AuthorFactory()
    client.force_login(author.user)
    return author


def url(name, competency):
    return reverse(f"reinforcement:{name}", args=[competency.public_id])


def test_author_adds_a_competency_with_its_anchors(client, author):
    above = CompetencyFactory(organization=author.organization)
    form = {"name": "Exploring", "description": "Asks first.", "parent": str(above.public_id), "level_1": "Asks", "level_3": "Digs deeper"}
    form["matters_now"] = "on"
    assert client.post(CREATE, form).status_code == 302
    competency = Competency.objects.get(name="Exploring")
    assert (competency.parent, competency.organization, competency.matters_now) == (above, author.organization, True)
    assert list(competency.levels.values_list("number", "anchor")) == [(1, "Asks"), (3, "Digs deeper")]
    assert "matters most now" in client.get(LIST).content.decode()
    assert "checked" in client.get(url("competency_change", competency)).content.decode()


def test_author_renames_and_moves(client, author):
    competency, place = CompetencyFactory.create_batch(2, organization=author.organization)
    services.change_competency(competency, name="Old", parent=None, description="", anchors={1: "Asks", 2: "Digs"})
    client.post(url("competency_change", competency), {"name": "New", "parent": str(place.public_id), "level_2": "Digs deeper"})
    competency.refresh_from_db()
    assert (competency.name, competency.parent) == ("New", place)
    assert list(competency.levels.values_list("number", "anchor")) == [(2, "Digs deeper")]


@pytest.mark.parametrize("name", ["", "price", "x" * 121])
def test_name_that_cannot_be_is_said_at_its_field(client, author, name):
    CompetencyFactory(organization=author.organization, name="Price")
    response = client.post(CREATE, {"name": name})
    assert response.status_code == 422
    assert "id_name_error" in response.content.decode()
    assert Competency.objects.count() == 1


def test_same_name_in_another_organization_is_no_hindrance(client, author):
    CompetencyFactory(name="Price")
    assert client.post(CREATE, {"name": "Price"}).status_code == 302


def test_competency_never_stands_under_itself(client, author):
    above = CompetencyFactory(organization=author.organization)
    below = CompetencyFactory(organization=author.organization, parent=above)
    response = client.post(url("competency_change", above), {"name": above.name, "parent": str(below.public_id)})
    assert response.status_code == 422
    with pytest.raises(services.CompetencyInACircle):
        services.change_competency(above, name=above.name, parent=below, description="", anchors={})
    above.refresh_from_db()
    assert above.parent is None


def test_competency_is_not_put_under_one_of_another_organization(client, author):
    foreign = CompetencyFactory()
    assert client.post(CREATE, {"name": "Mine", "parent": str(foreign.public_id)}).status_code == 422
    assert not Competency.objects.filter(name="Mine").exists()


def test_only_an_unused_competency_is_archived(client, author):
    used, empty = CompetencyFactory.create_batch(2, organization=author.organization)
    above = CompetencyFactory(organization=author.organization)
    CompetencyFactory(organization=author.organization, parent=above)
    QuestionFactory.create(organization=author.organization, competency=used)
    for competency in (used, above, empty):
        client.post(url("competency_archive", competency))
    assert list(Competency.objects.exclude(archived_at=None)) == [empty]
    client.post(url("competency_restore", empty))
    assert not Competency.objects.exclude(archived_at=None).exists()


@pytest.mark.parametrize("make_reader", [lambda: HrFactory(), lambda: make_line(sellers=1)[0]])
def test_manager_and_hr_read_and_do_not_write(client, make_reader):
    reader = make_reader()
    competency = CompetencyFactory(organization=reader.organization)
    client.force_login(reader.user)
    page = client.get(LIST)
    assert competency.name in page.content.decode()
    assert "New competency" not in page.content.decode()
    assert client.get(CREATE).status_code == 404
    assert client.post(url("competency_change", competency), {"name": "Other"}).status_code == 404
    assert client.post(url("competency_archive", competency)).status_code == 404


def test_tree_does_not_exist_for_sellers(client):
    client.force_login(SellerFactory().user)
    assert client.get(LIST).status_code == 404


def test_competency_of_another_organization_does_not_exist(client, author):
    foreign = CompetencyFactory(name="Foreign")
    assert "Foreign" not in client.get(LIST).content.decode()
    assert client.get(url("competency_change", foreign)).status_code == 404
    for name in ("competency_change", "competency_archive", "competency_restore"):
        assert client.post(url(name, foreign), {"name": "Taken"}).status_code == 404
    foreign.refresh_from_db()
    assert (foreign.name, foreign.archived_at) == ("Foreign", None)


@pytest.mark.parametrize("competency_count", [1, 20])
def test_tree_costs_the_same_however_large(client, author, competency_count, django_assert_num_queries):
    parent = None
    for _number in range(competency_count):
        parent = CompetencyFactory(organization=author.organization, parent=parent)
    with django_assert_num_queries(3):  # session with its person, competencies, levels
        client.get(LIST)


def test_competency_counts_the_questions_of_all_that_stand_under_it(client, author):
    top = CompetencyFactory(organization=author.organization)
    middle = CompetencyFactory(organization=author.organization, parent=top)
    low = CompetencyFactory(organization=author.organization, parent=middle)
    beside = CompetencyFactory(organization=author.organization)
    for competency, number in ((middle, 1), (low, 2), (beside, 1)):
        for _number in range(number):
            QuestionFactory.create(organization=author.organization, competency=competency)
    QuestionFactory.create(organization=author.organization, competency=low, archived_at=timezone.now())
    places = client.get(LIST).context["places"]
    counted = {place.competency: place.competency.question_count for place in places}
    assert counted == {top: 3, middle: 3, low: 2, beside: 1}
    assert len(client.get(f"{reverse('reinforcement:question_list')}?competency={top.public_id}").context["page"]) == 3


def test_tree_stands_in_its_order():
    first = CompetencyFactory(name="B", position=0)
    second = CompetencyFactory(organization=first.organization, name="A", position=1)
    inside = CompetencyFactory(organization=first.organization, name="C", parent=first)
    places = in_tree_order([first, second, inside])
    assert [(place.competency, place.depth) for place in places] == [(first, 0), (inside, 1), (second, 0)]
    assert [place.competency for place in in_tree_order([first, second, inside], without=first)] == [second]


def test_script_in_every_field_comes_out_harmless(client, author):
    script = "<script>alert(1)</script>"
    client.post(CREATE, {"name": script, "description": script, "level_1": script})
    competency = Competency.objects.get()
    pages = client.get(LIST).content.decode() + client.get(url("competency_change", competency)).content.decode()
    assert script not in pages
