"""Questions in the API: who reads which version, who writes."""

import base64

import pytest

from accounts.models import Organization
from reinforcement.daily import services as daily
from reinforcement.models import Question
from reinforcement.questions.services import Asked, Words, publish_version
from tests.factories import (
    OPTIONS,
    AuthorFactory,
    CompetencyFactory,
    DailySetFactory,
    HrFactory,
    LeadershipFactory,
    MemberFactory,
    OwnerFactory,
    QuestionFactory,
    SellerFactory,
)

pytestmark = pytest.mark.django_db

LIST = "/api/v1/questions/"


def at(question, *more):
    return f"{LIST}{question.public_id}/" + "".join(f"{part}/" for part in more)


def ids(response):
    return [row["id"] for row in response.json()["results"]]


@pytest.fixture
def bank():
    """Three questions, and one of another organization."""
    questions = QuestionFactory.create_batch(1)
    questions += QuestionFactory.create_batch(2, organization=questions[0].organization)
    QuestionFactory()
    return questions


def manager_in(organization: Organization):
    manager = MemberFactory(organization=organization)
    SellerFactory(organization=organization, manager=manager)
    return manager


def question_body(question_or_competency, **changes):
    return {
        "competency": str(question_or_competency.public_id),
        "kind": "single",
        "language": "en",
        "prompt": "Whom do you call first?",
        "content": OPTIONS,
        "answer_key": {"right": ["a"]},
        "explanation": "<p>The one who feels it.</p><script>alert(1)</script>",
    } | changes


@pytest.mark.parametrize("role", [AuthorFactory, HrFactory, manager_in])
def test_the_whole_bank_with_keys_is_read_by_authors_managers_and_hr(api, bank, role):
    organization = bank[0].organization
    member = role(organization) if role is manager_in else role(organization=organization)
    response = api(member).get(LIST)
    assert ids(response) == [str(question.public_id) for question in reversed(bank)]
    version = response.json()["results"][0]["version"]
    assert version["answer_key"] == {"right": ["a"]}
    assert version["wordings"][0]["content"]["options"][1]["feedback"]


@pytest.mark.parametrize("role", [SellerFactory, LeadershipFactory, OwnerFactory])
def test_others_read_nothing_of_the_bank(api, bank, role):
    client = api(role(organization=bank[0].organization))
    assert ids(client.get(LIST)) == []
    assert client.get(at(bank[0])).status_code == 404


def test_a_question_of_another_organization_does_not_exist(api, bank):
    client = api(AuthorFactory())
    assert client.get(at(bank[0])).status_code == 404
    assert client.post(at(bank[0], "versions"), question_body(bank[0].competency, change="wording"), format="json").status_code == 404


def test_a_seller_reads_the_version_that_was_answered(api):
    seller = SellerFactory()
    daily_set = DailySetFactory(member=seller)
    answered, waiting = daily.items_to_answer(seller).filter(daily_set=daily_set)
    daily.answer(seller, answered, {"chosen": ["b"]})
    new = Asked("single", {"right": ["c"]}, Words("en", "Reworded?", OPTIONS))
    publish_version(answered.question, change="meaning", asked=new)
    client = api(seller)
    [row] = client.get(LIST).json()["results"]
    assert (row["id"], row["version"]["number"], row["version"]["answer_key"]) == (str(answered.question.public_id), 1, {"right": ["a"]})
    assert client.get(at(waiting.question)).status_code == 404
    author = AuthorFactory(organization=seller.organization)
    assert api(author).get(at(answered.question)).json()["version"]["number"] == 2


def test_an_author_writes_a_question(api):
    author = AuthorFactory()
    competency = CompetencyFactory(organization=author.organization)
    response = api(author).post(LIST, question_body(competency, external_id="A-1"), format="json")
    assert response.status_code == 201
    question = Question.objects.get()
    assert (question.competency, question.created_by, question.external_id) == (competency, author, "A-1")
    assert response.json() == api(author).get(at(question)).json()
    assert response.json()["version"]["wordings"][0]["explanation"] == "<p>The one who feels it.</p>"


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"answer_key": {"right": []}}, "right"),
        ({"answer_key": {"right": ["z"]}}, "right"),
        ({"content": {"options": [{"id": "a", "text": "One"}]}}, "options"),
        ({"content": {"options": "text"}}, "options"),
        ({"content": []}, "content"),
        ({"kind": "essay"}, "kind"),
        ({"language": "tlh"}, "language"),
        ({"prompt": " "}, "prompt"),
        ({"prompt": "a" * 1001}, "prompt"),
        ({"competency": "00000000-0000-0000-0000-000000000000"}, "competency"),
        ({"competency": "text"}, "competency"),
        ({"external_id": "taken"}, "external_id"),
    ],
)
def test_a_question_with_a_fault_is_refused_at_its_field(api, changes, field):
    author = AuthorFactory()
    QuestionFactory(organization=author.organization, external_id="taken")
    response = api(author).post(LIST, question_body(CompetencyFactory(organization=author.organization), **changes), format="json")
    assert response.status_code == 400
    assert field in response.json()["error"]["fields"]
    assert Question.objects.count() == 1


def test_a_competency_of_another_organization_is_none(api):
    response = api(AuthorFactory()).post(LIST, question_body(CompetencyFactory()), format="json")
    assert list(response.json()["error"]["fields"]) == ["competency"]


def test_an_author_publishes_a_version(api, bank):
    author = AuthorFactory(organization=bank[0].organization)
    body = question_body(bank[0].competency, change="meaning", answer_key={"right": ["b"]})
    response = api(author).post(at(bank[0], "versions"), body, format="json")
    assert response.status_code == 201
    version = response.json()["version"]
    assert (version["number"], version["change"], version["answer_key"]) == (2, "meaning", {"right": ["b"]})


def test_a_version_says_what_has_changed(api, bank):
    client = api(AuthorFactory(organization=bank[0].organization))
    for change in ({}, {"change": "first"}):
        response = client.post(at(bank[0], "versions"), question_body(bank[0].competency, **change), format="json")
        assert list(response.json()["error"]["fields"]) == ["change"]


@pytest.mark.parametrize("role", [HrFactory, SellerFactory, OwnerFactory])
def test_only_authors_write(api, bank, role):
    client = api(role(organization=bank[0].organization))
    assert client.post(LIST, question_body(bank[0].competency), format="json").status_code == 404
    assert client.post(at(bank[0], "versions"), question_body(bank[0].competency, change="wording"), format="json").status_code == 404


def test_pages_stay_right_while_questions_are_added(api, bank):
    organization = bank[0].organization
    client = api(AuthorFactory(organization=organization))
    first = client.get(LIST, {"page_size": 2})
    QuestionFactory.create_batch(2, organization=organization)
    second = client.get(first.json()["next"])
    assert ids(first) + ids(second) == [str(question.public_id) for question in reversed(bank)]
    assert second.json()["next"] is None


def test_a_cursor_that_was_made_up_is_a_404(api, bank):
    client = api(AuthorFactory(organization=bank[0].organization))
    for cursor in ("nonsense", *(base64.b64encode(position).decode() for position in (b"p=text", b"p=-1", b"p=" + b"9" * 30))):
        response = client.get(LIST, {"cursor": cursor})
        assert (response.status_code, response.json()["error"]["code"]) == (404, "not_found")


@pytest.mark.parametrize("number", [1, 3])
def test_list_costs_the_same_however_many_questions(api, number, django_assert_num_queries):
    author = AuthorFactory()
    QuestionFactory.create_batch(number, organization=author.organization)
    client = api(author)
    client.get(LIST)
    with django_assert_num_queries(9):
        client.get(LIST)


@pytest.mark.parametrize("number", [1, 3])
def test_list_of_a_seller_costs_the_same_however_many_answers(api, number, django_assert_num_queries):
    seller = SellerFactory()
    daily_set = DailySetFactory(member=seller, question_count=number)
    for item in daily.items_to_answer(seller).filter(daily_set=daily_set):
        daily.answer(seller, item, {"chosen": ["b"]})
    client = api(seller)
    client.get(LIST)
    with django_assert_num_queries(12):
        client.get(LIST)
