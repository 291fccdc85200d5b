"""Learning progress in the API: oneself and the line above, nobody else."""

import pytest

from reinforcement.daily import services as daily
from tests.factories import (
    AuthorFactory,
    CompetencyFactory,
    DailySetFactory,
    HrFactory,
    MemberFactory,
    OwnerFactory,
    QuestionFactory,
    SellerFactory,
)

pytestmark = pytest.mark.django_db

PROGRESS = "/api/v1/progress/"


@pytest.fixture
def seller():
    """A seller who answered five of six questions, four right, and who reports to a manager below a manager."""
    above = MemberFactory()
    manager = MemberFactory(organization=above.organization, manager=above)
    seller = SellerFactory(organization=above.organization, manager=manager)
    competency = CompetencyFactory(organization=above.organization)
    questions = QuestionFactory.create_batch(6, organization=above.organization, competency=competency)
    daily_set = DailySetFactory(member=seller, questions=questions)
    for number, item in enumerate(daily.items_to_answer(seller).filter(daily_set=daily_set)[:5]):
        daily.answer(seller, item, {"chosen": ["b" if number == 0 else "a"]})
    seller.above = [manager, above]
    return seller


def test_own_progress_has_shares_with_what_they_are_of(api, seller):
    body = api(seller).get(PROGRESS).json()
    assert body["member"] == str(seller.public_id)
    [competency] = body["competencies"]
    assert competency["right"] == {"part": 4, "whole": 5, "share": 0.8}
    assert competency["initial"]["share"] == 0.8
    assert competency["started"]["part"] == 5
    [week] = body["weeks"]
    assert (week["answered"], week["right"], week["first_answered"]) == (5, 4, 5)


def test_a_line_is_read_by_those_above(api, seller):
    own = api(seller).get(PROGRESS).json()
    for manager in seller.above:
        assert api(manager).get(PROGRESS, {"member": seller.public_id}).json() == own
        assert api(manager).get(PROGRESS).json() == {"member": str(manager.public_id), "competencies": [], "weeks": []}


def test_nobody_else_reads_a_persons_progress(api, seller):
    organization = seller.organization
    others = [SellerFactory, HrFactory, OwnerFactory, AuthorFactory, MemberFactory]
    for member in [role(organization=organization) for role in others] + [MemberFactory()]:
        assert api(member).get(PROGRESS, {"member": seller.public_id}).status_code == 404
    assert api(seller).get(PROGRESS, {"member": seller.above[0].public_id}).status_code == 404
    assert api(seller).get(PROGRESS, {"member": "nonsense"}).status_code == 404


def test_too_few_answers_have_no_share(api):
    seller = SellerFactory()
    daily_set = DailySetFactory(member=seller)
    daily.answer(seller, daily.items_to_answer(seller).filter(daily_set=daily_set).first(), {"chosen": ["a"]})
    shares = [competency["right"]["share"] for competency in api(seller).get(PROGRESS).json()["competencies"]]
    assert set(shares) == {None}


@pytest.mark.parametrize("number", [1, 3])
def test_progress_costs_the_same_however_much_was_answered(api, number, django_assert_num_queries):
    seller = SellerFactory()
    daily_set = DailySetFactory(member=seller, question_count=number)
    for item in daily.items_to_answer(seller).filter(daily_set=daily_set):
        daily.answer(seller, item, {"chosen": ["a"]})
    client = api(seller)
    client.get(PROGRESS)
    with django_assert_num_queries(15):
        client.get(PROGRESS)
