"""Kinds whose answer is typed: a word, a number, the gaps of a text."""

from decimal import Decimal

import pytest
from django.http import QueryDict
from hypothesis import given
from hypothesis import strategies as st

from reinforcement.questions.kinds.base import ContentError, Judgement, ResponseError, Verdict
from reinforcement.questions.kinds.gap import Gap
from reinforcement.questions.kinds.numeric import Numeric, readings
from reinforcement.questions.kinds.short_text import ShortText
from reinforcement.questions.kinds.typed_answers import matches

TEXT, NUMBER, GAP = ShortText(), Numeric(), Gap()
LENIENT, STRICT = {"heeds_case": False, "forgives_slips": True}, {"heeds_case": True, "forgives_slips": False}
PARAGRAPH = {
    "text": "The [[1]] decides, the [[2]] advises.",
    "gaps": [
        {"id": "1", "accepted": ["buyer", "customer"], "others": []},
        {"id": "2", "accepted": ["expert"], "others": ["seller", "boss"]},
    ],
}


def accepted(*answers):
    """Answers of a short text: a text, or a text with its credit."""
    pairs = [answer if isinstance(answer, tuple) else (answer, 100) for answer in answers]
    return {
        "answers": [
            {"id": chr(97 + place), "text": text, "credit": credit, "feedback": f"<p>{text}!</p>"}
            for place, (text, credit) in enumerate(pairs)
        ]
    }


def numbers(*answers):
    return {
        "answers": [
            {"id": chr(97 + place), "value": value, "tolerance": tolerance, "credit": credit}
            for place, (value, tolerance, credit) in enumerate(answers)
        ]
    }


GOOD = {TEXT: (accepted("a"), LENIENT), NUMBER: ({"unit": ""}, numbers(("1", "0", 100))), GAP: (PARAGRAPH, LENIENT)}


def problem_fields(kind, content, answer_key):
    with pytest.raises(ContentError) as caught:
        kind.parse(content, answer_key)
    return [problem.field for problem in caught.value.problems]


@pytest.mark.parametrize(
    ("typed", "wanted", "is_right"),
    [
        ("negotiation", "negotiation", True),
        (" Negotiation. ", "negotiation", True),
        ("negociation", "negotiation", True),
        ("negtiatoin", "negotiation", True),
        ("négotiation", "negotiation", True),
        ("negotaon", "negotiation", False),
        ("batna", "BATNA", True),
        ("bantna", "BATNA", True),
        ("cat", "car", False),
        ("R16", "R15", False),
        ("2030 plan", "2031 plan", False),
        ("best alternative to an agreement", "best * agreement", True),
        ("best agreement", "best * agreement", True),
        ("the best agreement", "best * agreement", False),
        ("3*4", "3\\*4", True),
        ("3 x 4", "3\\*4", False),
    ],
)
def test_a_slip_of_the_fingers_is_forgiven_in_words_and_not_in_numbers(typed, wanted, is_right):
    assert matches(typed, wanted, heeds_case=False, forgives_slips=True) is is_right


@pytest.mark.parametrize(("typed", "is_right"), [("BATNA", True), ("Batna", False), ("BATNAA", False)])
def test_case_and_slips_count_where_the_author_says_so(typed, is_right):
    assert matches(typed, "BATNA", heeds_case=True, forgives_slips=False) is is_right


@given(st.text(max_size=60), st.text(max_size=60), st.booleans(), st.booleans())
def test_whatever_is_typed_is_compared(typed, wanted, heeds_case, forgives_slips):
    found = matches(typed, wanted, heeds_case=heeds_case, forgives_slips=forgives_slips)
    # Who forgives takes all that was taken before.
    if found and not forgives_slips:
        assert matches(typed, wanted, heeds_case=heeds_case, forgives_slips=True)


def test_the_best_answer_that_fits_as_it_stands_counts_before_one_with_slips():
    content = accepted("price list", ("price lists", 50), ("*", 0))
    judged = {typed: TEXT.judge(LENIENT, {"text": typed}, content) for typed in ("price list", "price lists", "price listt", "value")}
    assert judged == {
        "price list": Judgement(Verdict.RIGHT, 1),
        "price lists": Judgement(Verdict.PARTLY, 0.5),
        "price listt": Judgement(Verdict.RIGHT, 1),
        "value": Judgement(Verdict.WRONG, 0),
    }
    checked = TEXT.show_checked(content, LENIENT, {"text": "value"}, "")
    assert (checked.feedback, checked.right, checked.verdict, checked.slipped) == ("<p>*!</p>", ("price list",), Verdict.WRONG, False)
    slips = {typed: TEXT.show_checked(content, LENIENT, {"text": typed}, "").slipped for typed in ("Price list.", "price listt")}
    assert slips == {"Price list.": False, "price listt": True}


def test_right_response_of_each_kind_is_right():
    content = accepted("b* a", ("nearly", 50), "plain")
    assert TEXT.right_response(LENIENT, content) == {"text": "plain"}
    key = numbers(("3", "0", 50), ("12.5", "0.5", 100))
    assert NUMBER.judge(key, NUMBER.right_response(key, {"unit": ""}), {"unit": "", "feedback": {}}).verdict == Verdict.RIGHT
    assert GAP.judge(STRICT, GAP.right_response(STRICT, PARAGRAPH), PARAGRAPH).verdict == Verdict.RIGHT


def test_short_text_is_kept_in_one_shape():
    parsed = TEXT.parse({"answers": [{"id": "a", "text": "  a  b ", "feedback": "<script>x</script><p>y</p>"}]}, {})
    assert parsed.content == {"answers": [{"id": "a", "text": "a b", "credit": 100, "feedback": "<p>y</p>"}]}
    assert parsed.answer_key == {"heeds_case": False, "forgives_slips": False}
    assert TEXT.parse(parsed.content, parsed.answer_key) == parsed


@pytest.mark.parametrize(
    ("content", "fields"),
    [
        ({}, ["answers"]),
        (accepted(("half", 50)), ["answers"]),
        (accepted("*"), ["answers"]),
        (accepted("same", "Same"), ["answers.1.text"]),
        (accepted("", "x" * 201, "a*b*c*d*e*f*g"), ["answers.0.text", "answers.1.text", "answers.2.text"]),
        (accepted(("a", 101)), ["answers.0.credit", "answers"]),
        ({"answers": [{"id": "A!", "text": "a"}]}, ["answers.0.id"]),
    ],
)
def test_short_text_names_what_is_wrong(content, fields):
    assert problem_fields(TEXT, content, LENIENT) == fields


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("12", {"12"}),
        ("12.5", {"12.5"}),
        ("12,5", {"12.5"}),
        ("1.250", {"1250", "1.250"}),
        ("1,250", {"1250", "1.250"}),
        ("1.250,50", {"1250.50"}),
        ("1,250.50", {"1250.50"}),
        ("1 250", {"1250"}),
        ("1'250'000", {"1250000"}),
        ("1.250.000", {"1250000"}),
        ("12.50.000", set()),
        ("\N{MINUS SIGN}5 %", {"-5"}),
        ("% -5", {"-5"}),
        (".5", {"0.5"}),
        ("5.", {"5"}),
        ("five", set()),
        ("1e5", set()),
        ("٣", set()),
        ("9" * 16, set()),
        ("", set()),
        ("-", set()),
        ("1..5", set()),
        ("1,2,3", set()),
    ],
)
def test_numbers_are_read_as_people_write_them(typed, found):
    assert readings(typed, "%") == {Decimal(number) for number in found}


def test_a_number_counts_within_its_tolerance():
    key, content = numbers(("12.5", "0.5", 100), ("13", "2", 50)), {"unit": "%", "feedback": {"b": "<p>Near</p>"}}
    earned = {typed: NUMBER.judge(key, {"number": typed}, content).credit for typed in ("12", "13 %", "13,1", "15", "15.01")}
    assert earned == {"12": 1, "13 %": 1, "13,1": 0.5, "15": 0.5, "15.01": 0}
    checked = NUMBER.show_checked(content, key, {"number": "15"}, "")
    assert (checked.verdict, checked.feedback, checked.unit) == (Verdict.PARTLY, "<p>Near</p>", "%")
    assert [(right.value, right.low, right.high) for right in checked.right] == [(Decimal("12.5"), 12, 13)]


def test_numeric_is_kept_in_one_shape():
    parsed = NUMBER.parse({"unit": " % ", "feedback": {"a": "<b>x</b>", "gone": "y"}}, numbers(("1250,50", "-0", 100)))
    assert parsed.answer_key == numbers(("1250.5", "0", 100))
    assert parsed.content == {"unit": "%", "feedback": {"a": "<b>x</b>"}}
    assert NUMBER.parse(parsed.content, parsed.answer_key) == parsed


@pytest.mark.parametrize("value", ["", "x", "NaN", "Infinity", "1e400", None, 1.5, True, "9" * 16, "1e-20"])
def test_numeric_refuses_what_is_no_number(value):
    assert problem_fields(NUMBER, {}, numbers((value, "0", 100))) == ["answers.0.value"]


def test_numeric_refuses_a_tolerance_below_nothing_and_no_right_answer():
    assert problem_fields(NUMBER, {}, numbers(("1", "-1", 50))) == ["answers.0.tolerance", "answers"]


@given(st.decimals(allow_nan=False, allow_infinity=False, places=3, min_value=-(10**6), max_value=10**6))
def test_a_number_that_is_right_is_right_as_it_is_written_in_three_languages(number):
    key, content = numbers((str(number), "0", 100)), {"unit": "", "feedback": {}}
    for thousands, decimal in ((",", "."), (".", ","), ("\N{NARROW NO-BREAK SPACE}", ",")):
        typed = f"{number:,.3f}".replace(",", "_").replace(".", decimal).replace("_", thousands)
        assert NUMBER.judge(key, NUMBER.check_response({"number": typed}, content), content).verdict == Verdict.RIGHT


def test_gaps_are_typed_or_chosen_and_earn_their_share():
    shown = GAP.show(PARAGRAPH, "seed")
    assert [(piece.text, piece.gap_id, set(piece.choices)) for piece in shown.pieces] == [
        ("The ", "1", set()),
        (" decides, the ", "2", {"expert", "seller", "boss"}),
        (" advises.", "", set()),
    ]
    earned = {
        typed: GAP.judge(LENIENT, GAP.check_response({"gaps": {"1": typed[0], "2": typed[1]}}, PARAGRAPH), PARAGRAPH).credit
        for typed in (("buyer", "expert"), ("custmer", "expert"), ("x", "expert"), ("x", "boss"))
    }
    assert list(earned.values()) == [1, 1, 0.5, 0]
    checked = GAP.show_checked(PARAGRAPH, LENIENT, {"gaps": {"1": "x", "2": "expert"}}, "")
    assert [(piece.filled, piece.is_right, piece.right) for piece in checked] == [
        ("x", False, "buyer"),
        ("expert", True, "expert"),
        ("", False, ""),
    ]


@pytest.mark.parametrize(
    ("change", "fields"),
    [
        ({"text": ""}, ["text"]),
        ({"text": "The [[1]] decides."}, ["text"]),
        ({"text": "[[1]] [[2]] [[2]]"}, ["text"]),
        ({"gaps": []}, ["text"]),
        ({"gaps": [{"id": "1", "accepted": [], "others": []}]}, ["text"]),
        ({"gaps": [{"id": "1", "accepted": ["a"], "others": ["A"]}]}, ["text"]),
        ({"gaps": [{"id": "1", "accepted": "a"}]}, ["gaps.0.accepted", "text"]),
    ],
)
def test_gap_names_what_is_wrong(change, fields):
    assert problem_fields(GAP, PARAGRAPH | change, LENIENT) == fields


def test_gap_is_kept_in_one_shape():
    parsed = GAP.parse({"text": " [[1]] ", "gaps": [{"id": "1", "accepted": [" a  b ", "a b", ""]}]}, {"forgives_slips": True})
    assert parsed.content == {"text": "[[1]]", "gaps": [{"id": "1", "accepted": ["a b"], "others": []}]}
    assert GAP.parse(parsed.content, parsed.answer_key) == parsed


@pytest.mark.parametrize(
    ("kind", "posted", "content", "message"),
    [
        (TEXT, "answer=", {}, "Type your answer."),
        (TEXT, "answer=" + "x" * 301, {}, "Type at most 300 characters."),
        (NUMBER, "answer=five", {"unit": ""}, "This is not a number. Write it in digits, such as 1250 or 12.5."),
        (NUMBER, "", {"unit": ""}, "Type a number."),
        (GAP, "gap-1=buyer", PARAGRAPH, "Fill each gap."),
        (
            GAP,
            "gap-1=buyer&gap-2=other",
            PARAGRAPH,
            "One of the answers is not part of this question. Load the page again and choose once more.",
        ),
    ],
)
def test_response_that_cannot_be_judged_says_what_to_do(kind, posted, content, message):
    with pytest.raises(ResponseError) as caught:
        kind.read_response(QueryDict(posted), content)
    assert str(caught.value.message) == message


json_values = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 200) | st.text("ab1[]*,.", max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["answers", "id", "text", "gaps", "accepted", "value"]), inner, max_size=4)
    ),
    max_leaves=12,
)


@pytest.mark.parametrize("kind", [TEXT, NUMBER, GAP], ids=lambda kind: kind.name)
@given(content=json_values, answer_key=json_values, response=json_values)
def test_any_json_is_taken_or_refused_with_a_reason(kind, content, answer_key, response):
    try:
        parsed = kind.parse(content, answer_key)
    except ContentError as refusal:
        fine_or_reasons = refusal.problems
        parsed = kind.parse(*GOOD[kind])
    else:
        fine_or_reasons = kind.parse(parsed.content, parsed.answer_key) == parsed
    assert fine_or_reasons
    try:
        checked = kind.check_response(response, parsed.content)
    except ResponseError as refusal:
        fine_or_reason = str(refusal.message)
    else:
        fine_or_reason = 0 <= kind.judge(parsed.answer_key, checked, parsed.content).credit <= 1
    assert fine_or_reason
