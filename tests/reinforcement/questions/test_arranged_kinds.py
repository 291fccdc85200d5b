"""Kinds whose things are arranged: put in order, matched."""

from itertools import permutations

import pytest
from django.http import QueryDict
from hypothesis import given
from hypothesis import strategies as st

from reinforcement.questions.kinds.base import ContentError, ResponseError, Verdict
from reinforcement.questions.kinds.matching import Matching
from reinforcement.questions.kinds.ordering import Ordering

ORDER, MATCH = Ordering(), Matching()
STEPS = {"items": [{"id": letter, "text": f"<p>Step {letter}</p>"} for letter in "abcd"]}
RIGHT_ORDER = {"order": ["b", "a", "d", "c"]}
WHO = {
    "things": [{"id": "a", "text": "Buyer"}, {"id": "b", "text": "User"}],
    "matches": [{"id": "x", "text": "<p>Price &amp; terms</p>"}, {"id": "y", "text": "Ease"}, {"id": "z", "text": "Colour"}],
}
PAIRS = {"pairs": {"a": "x", "b": "y"}}


def problem_fields(kind, content, answer_key):
    with pytest.raises(ContentError) as caught:
        kind.parse(content, answer_key)
    return [problem.field for problem in caught.value.problems]


@pytest.mark.parametrize(
    ("order", "verdict", "credit"),
    [("badc", "right", 1), ("cbad", "partly", 2 / 3), ("bacd", "partly", 1 / 3), ("cdab", "wrong", 0), ("dcba", "partly", 2 / 3)],
)
def test_neighbours_that_follow_earn_their_share(order, verdict, credit):
    judgement = ORDER.judge(RIGHT_ORDER, {"order": list(order)}, STEPS)
    assert (judgement.verdict, judgement.credit) == (Verdict(verdict), pytest.approx(credit))


def test_only_the_right_order_is_right():
    right = [order for order in permutations("abcd") if ORDER.judge(RIGHT_ORDER, {"order": list(order)}, STEPS).verdict == Verdict.RIGHT]
    assert right == [("b", "a", "d", "c")]
    assert ORDER.right_response(RIGHT_ORDER, STEPS) == RIGHT_ORDER


@given(st.text(max_size=8))
def test_items_are_shuffled_by_the_seed_and_none_is_lost(seed):
    assert sorted(item.id for item in ORDER.show(STEPS, seed).items) == list("abcd")
    assert ORDER.show(STEPS, seed) == ORDER.show(STEPS, seed)
    assert {match.id for match in MATCH.show(WHO, seed).matches} == {"x", "y", "z"}


def test_checked_items_stand_in_the_right_order_with_what_follows_rightly():
    checked = ORDER.show_checked(STEPS, RIGHT_ORDER, {"order": list("cbad")}, "")
    assert [(item.id, item.place, item.follows) for item in checked] == [("b", 2, False), ("a", 3, True), ("d", 4, True), ("c", 1, False)]
    assert all(item.follows for item in ORDER.show_checked(STEPS, RIGHT_ORDER, RIGHT_ORDER, ""))


def test_order_is_read_from_the_page_with_and_without_script():
    assert ORDER.read_response(QueryDict("answer=b&answer=a&answer=d&answer=c"), STEPS) == RIGHT_ORDER
    places = "answer=a&place-a=2&answer=b&place-b=1&answer=c&place-c=4&answer=d&place-d=3"
    assert ORDER.read_response(QueryDict(places), STEPS) == RIGHT_ORDER


def test_an_order_of_numbers_is_none_of_these_items():
    """Their ids are texts: 1 is not "1", and a page could not find it among them."""
    numbered = {"items": [{"id": "1", "text": "<p>Ask</p>"}, {"id": "2", "text": "<p>Listen</p>"}]}
    with pytest.raises(ResponseError):
        ORDER.check_response({"order": [1, 2]}, numbered)
    with pytest.raises(ContentError):
        ORDER.parse(numbered, {"order": [1, 2]})


@pytest.mark.parametrize(
    ("posted", "message"),
    [
        ("", "Put these in the right order, the first one on top."),
        ("answer=a&answer=b", "The items are not those of this question. Load the page again and put them in order once more."),
        ("answer=a&place-a=1&answer=b&place-b=1&answer=c&place-c=2&answer=d&place-d=3", "Give each item a place of its own."),
    ],
)
def test_order_that_cannot_be_judged_says_what_to_do(posted, message):
    with pytest.raises(ResponseError) as caught:
        ORDER.read_response(QueryDict(posted), STEPS)
    assert str(caught.value.message) == message


@pytest.mark.parametrize(
    ("content", "key", "fields"),
    [
        ({"items": STEPS["items"][:1]}, {"order": ["a"]}, ["items", "order"]),
        (STEPS, {"order": ["a", "b", "c"]}, ["order"]),
        (STEPS, {"order": ["a", "a", "b", "c"]}, ["order"]),
        (STEPS, {}, ["order"]),
        (
            {"items": [{"id": "a", "text": ""}, {"id": "b", "text": "x"}, {"id": "c", "text": "X"}]},
            {"order": ["a", "b", "c"]},
            ["items.0.text", "items.2.text"],
        ),
    ],
)
def test_ordering_names_what_is_wrong(content, key, fields):
    assert problem_fields(ORDER, content, key) == fields


@pytest.mark.parametrize(("chosen", "verdict", "credit"), [("xy", "right", 1), ("xz", "partly", 0.5), ("yx", "wrong", 0)])
def test_each_pair_earns_its_share(chosen, verdict, credit):
    judgement = MATCH.judge(PAIRS, {"pairs": dict(zip("ab", chosen, strict=True))}, WHO)
    assert (judgement.verdict, judgement.credit) == (Verdict(verdict), credit)


def test_checked_pairs_say_what_was_chosen_and_what_is_right():
    [buyer, user] = MATCH.show_checked(WHO, PAIRS, {"pairs": {"a": "x", "b": "z"}}, "")
    assert (buyer.chosen, buyer.right, buyer.is_right) == ("Price & terms", "Price & terms", True)
    assert (user.chosen, user.right, user.is_right) == ("Colour", "Ease", False)


@pytest.mark.parametrize(
    ("posted", "message"),
    [
        ("match-a=x", "Choose what belongs to each."),
        ("match-a=x&match-b=other", "One of the answers is not part of this question. Load the page again and choose once more."),
    ],
)
def test_pairs_that_cannot_be_judged_say_what_to_do(posted, message):
    with pytest.raises(ResponseError) as caught:
        MATCH.read_response(QueryDict(posted), WHO)
    assert str(caught.value.message) == message


@pytest.mark.parametrize(
    ("change", "key", "fields"),
    [
        ({"things": WHO["things"][:1]}, {"pairs": {"a": "x"}}, ["things", "pairs"]),
        ({}, {"pairs": {"a": "x"}}, ["things.1.text"]),
        ({}, {"pairs": {"a": "x", "b": "q"}}, ["things.1.text"]),
        ({}, {"pairs": {"a": "x", "b": "y", "q": "z"}}, ["pairs"]),
        ({"matches": [{"id": "x", "text": "One"}, {"id": "y", "text": "one"}]}, PAIRS, ["matches.1.text"]),
    ],
)
def test_matching_names_what_is_wrong(change, key, fields):
    assert problem_fields(MATCH, WHO | change, key) == fields


@pytest.mark.parametrize(
    ("kind", "content", "key"), [(ORDER, STEPS, RIGHT_ORDER), (MATCH, WHO, PAIRS)], ids=lambda value: getattr(value, "name", "")
)
def test_parsing_again_changes_nothing(kind, content, key):
    parsed = kind.parse(content, key)
    assert kind.parse(parsed.content, parsed.answer_key) == parsed


json_values = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 5) | st.text("ab", max_size=2),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["items", "things", "matches", "pairs", "order", "id", "text", "a", "b"]), inner, max_size=4)
    ),
    max_leaves=12,
)


@pytest.mark.parametrize(("kind", "content"), [(ORDER, STEPS), (MATCH, WHO)], ids=lambda value: getattr(value, "name", ""))
@given(given_content=json_values, answer_key=json_values, response=json_values)
def test_any_json_is_taken_or_refused_with_a_reason(kind, content, given_content, answer_key, response):
    try:
        parsed = kind.parse(given_content, answer_key)
    except ContentError as refusal:
        fine_or_reasons = refusal.problems
    else:
        fine_or_reasons = kind.parse(parsed.content, parsed.answer_key) == parsed
    assert fine_or_reasons
    try:
        checked = kind.check_response(response, content)
    except ResponseError as refusal:
        fine_or_reason = str(refusal.message)
    else:
        fine_or_reason = kind.check_response(checked, content) == checked
    assert fine_or_reason
