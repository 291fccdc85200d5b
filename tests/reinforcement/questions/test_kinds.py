import json
import subprocess
import sys

import pytest
from django.http import QueryDict
from hypothesis import given
from hypothesis import strategies as st

from reinforcement.questions.kinds.base import ContentError, Judgement, ResponseError, Verdict
from reinforcement.questions.kinds.choice import Choice
from reinforcement.questions.kinds.registry import KINDS, kind

IDS = "abcdefgh"


def content_with(ids, **extra):
    return {"options": [{"id": option_id, "text": f"<p>Option {option_id}</p>", "feedback": ""} for option_id in ids], **extra}


def problem_fields(name, content, answer_key):
    with pytest.raises(ContentError) as caught:
        kind(name).parse(content, answer_key)
    return [problem.field for problem in caught.value.problems]


@st.composite
def multiple_cases(draw):
    """Content, right ids and chosen ids of a question with several right answers."""
    ids = IDS[: draw(st.integers(2, len(IDS)))]
    right = draw(st.sets(st.sampled_from(ids), min_size=1, max_size=len(ids) - 1))
    chosen = draw(st.lists(st.sampled_from(ids), min_size=1, unique=True))
    return content_with(ids), sorted(right), chosen


def test_registry_lists_the_kinds_in_the_order_of_the_author_form():
    assert [each.name for each in KINDS] == ["single", "multiple", "true_false", "short_text", "numeric", "gap", "ordering", "matching"]
    labels = ["One right answer", "Several right answers", "True or false", "Short answer, typed", "Number, typed", "Fill the gaps"]
    assert [str(each.label) for each in KINDS] == [*labels, "Put in order", "Match"]
    assert all(kind(each.name) is each for each in KINDS)
    with pytest.raises(KeyError):
        kind("essay")


@given(multiple_cases())
def test_credit_lies_between_0_and_1_and_is_full_for_the_whole_right_set_only(case):
    content, right, chosen = case
    judgement = kind("multiple").judge({"right": right}, {"chosen": chosen}, content)
    assert 0 <= judgement.credit <= 1
    assert (judgement.verdict == Verdict.RIGHT) == (set(chosen) == set(right)) == (judgement.credit == 1)
    assert (judgement.verdict == Verdict.WRONG) == (not set(chosen) & set(right)) == (judgement.credit == 0)


@given(multiple_cases(), st.randoms())
def test_judgement_does_not_depend_on_order(case, random):
    content, right, chosen = case
    before = kind("multiple").judge({"right": right}, {"chosen": chosen}, content)
    for ids in (right, chosen, content["options"]):
        random.shuffle(ids)
    assert kind("multiple").judge({"right": right}, {"chosen": chosen}, content) == before


@pytest.mark.parametrize(
    ("chosen", "verdict", "credit"),
    [
        ("ad", "right", 1),
        ("a", "partly", 1 / 2),
        ("ab", "partly", 1 / 2),
        ("abd", "partly", 2 / 3),
        ("abcd", "partly", 1 / 2),
        ("bc", "wrong", 0),
    ],
)
def test_multiple_gives_credit_for_the_right_part_and_not_for_choosing_everything(chosen, verdict, credit):
    judgement = kind("multiple").judge({"right": ["a", "d"]}, {"chosen": list(chosen)}, content_with("abcd"))
    assert judgement == Judgement(Verdict(verdict), pytest.approx(credit))


@pytest.mark.parametrize(("name", "right", "wrong"), [("single", "b", "a"), ("true_false", "false", "true")])
def test_one_answer_is_right_or_wrong(name, right, wrong):
    content = {} if name == "true_false" else content_with("abc")
    key = {"right": [right]}
    assert kind(name).judge(key, {"chosen": [right]}, content) == Judgement(Verdict.RIGHT, 1)
    assert kind(name).judge(key, {"chosen": [wrong]}, content) == Judgement(Verdict.WRONG, 0)


@given(st.integers(2, 26), st.text(max_size=20))
def test_shuffle_is_a_permutation_and_the_same_each_time(count, seed):
    content = content_with("abcdefghijklmnopqrstuvwxyz"[:count])
    shown = kind("single").show(content, seed)
    assert sorted(option.id for option in shown.options) == [option["id"] for option in content["options"]]
    assert "".join(option.letter for option in shown.options) == "ABCDEFGHIJKLMNOPQRSTUVWXYZ"[:count]
    assert kind("single").show(content, seed) == shown


def test_shuffle_is_the_same_in_another_process():
    program = (
        "import json, sys; from reinforcement.questions.kinds.registry import kind; content = json.loads(sys.argv[1]);"
        "print(''.join(option.id for option in kind('multiple').show(content, 'Ann 7').options))"
    )
    content = content_with(IDS)
    other = subprocess.run([sys.executable, "-c", program, json.dumps(content)], capture_output=True, text=True, check=True)
    assert other.stdout.strip() == "".join(option.id for option in kind("multiple").show(content, "Ann 7").options)


def test_shuffle_differs_between_people():
    orders = {tuple(option.id for option in kind("single").show(content_with(IDS), f"person {number}").options) for number in range(20)}
    assert len(orders) > 10


def test_order_is_kept_where_the_author_says_so():
    for number in range(5):
        shown = kind("single").show(content_with(IDS, keep_order=True), f"person {number}")
        assert "".join(option.id for option in shown.options) == IDS
        assert [option.id for option in kind("true_false").show({}, f"person {number}").options] == ["true", "false"]


def test_what_is_shown_before_checking_says_nothing_of_key_or_feedback():
    content = content_with("abc")
    content["options"][0]["feedback"] = "<p>Well seen</p>"
    shown = kind("single").show(content, "seed")
    assert "Well seen" not in repr(shown)
    assert not shown.takes_several
    assert str(shown.instruction) == "Choose one answer."
    assert kind("multiple").show(content, "seed").takes_several


def test_checked_rows_say_what_was_chosen_and_what_was_right():
    content = content_with("abcd")
    content["options"][2]["feedback"] = "<p>Tempting</p><script>x</script>"
    checked = kind("multiple").show_checked(content, {"right": ["a", "d"]}, {"chosen": ["a", "c"]}, "seed", {"a": 0.5, "c": 0.25})
    shown = kind("multiple").show(content, "seed")
    assert [(row.id, row.letter, row.text) for row in checked] == [(option.id, option.letter, option.text) for option in shown.options]
    assert {row.id: (row.state, row.feedback, row.share) for row in checked} == {
        "a": ("chosen_right", "", 0.5),
        "b": ("none", "", 0.0),
        "c": ("chosen_wrong", "<p>Tempting</p>", 0.25),
        "d": ("missed", "", 0.0),
    }
    assert {row.share for row in kind("multiple").show_checked(content, {"right": ["a"]}, {"chosen": ["b"]}, "seed")} == {None}


def test_stored_text_is_cleaned_again_when_it_is_shown():
    content = {"options": [{"id": "a", "text": "<img src=x onerror=x()>A", "feedback": ""}, {"id": "b", "text": "B", "feedback": ""}]}
    assert {option.text for option in kind("single").show(content, "").options} == {"A", "B"}


def test_parse_gives_the_stored_shape_and_leaves_it_as_it_is_the_second_time():
    given = {"options": [{"id": "a", "text": "<p onclick=x>A</p>"}, {"id": "b", "text": "B", "feedback": "no", "more": 1}], "other": 2}
    parsed = kind("single").parse(given, {"right": ["b"], "other": 3})
    options = [{"id": "a", "text": "<p>A</p>", "feedback": ""}, {"id": "b", "text": "B", "feedback": "no"}]
    assert parsed.content == {"options": options, "keep_order": False}
    assert parsed.answer_key == {"right": ["b"]}
    assert kind("single").parse(parsed.content, parsed.answer_key) == parsed


@pytest.mark.parametrize(
    ("name", "right", "fields"),
    [
        ("single", [], ["right"]),
        ("single", ["a", "b"], ["right"]),
        ("single", None, ["right", "right"]),
        ("multiple", [], ["right"]),
        ("multiple", ["a", "b", "c"], ["right"]),
        ("multiple", ["a", "z"], ["right"]),
        ("true_false", ["a"], ["right"]),
        ("true_false", ["true", "false"], ["right"]),
    ],
)
def test_parse_refuses_a_key_that_marks_too_few_or_too_many(name, right, fields):
    assert problem_fields(name, content_with("abc"), {"right": right}) == fields


def test_parse_names_every_faulty_option():
    content = content_with("abcde", keep_order="no")
    content["options"][1]["text"] = "<p>&nbsp;</p>"
    content["options"][2]["text"] = "option A."
    content["options"][3]["id"] = "a"
    content["options"][4]["id"] = "Not an id"
    fields = ["options.1.text", "options.2.text", "options.3.id", "options.4.id", "keep_order"]
    assert problem_fields("single", content, {"right": ["b"]}) == fields


@pytest.mark.parametrize("count", [0, 1, 27])
def test_parse_refuses_too_few_or_too_many_options(count):
    content = content_with([f"o{number}" for number in range(count)])
    assert "options" in problem_fields("single", content, {"right": ["o0"]})


def test_true_false_keeps_feedback_and_takes_its_words_from_the_translations():
    parsed = kind("true_false").parse({"feedback": {"true": "<p onclick=x>Yes</p>"}}, {"right": ["true"]})
    assert parsed.content == {"feedback": {"true": "<p>Yes</p>", "false": ""}}
    assert [str(option.text) for option in kind("true_false").show(parsed.content, "").options] == ["True", "False"]


def test_response_from_a_form_and_from_json_are_stored_alike():
    content = content_with("abcd")
    posted = QueryDict("answer=c&answer=a&answer=c")
    assert kind("multiple").read_response(posted, content) == {"chosen": ["a", "c"]}
    assert kind("multiple").check_response({"chosen": ["c", "a"], "more": 1}, content) == {"chosen": ["a", "c"]}
    assert kind("true_false").read_response(QueryDict("answer=false"), {}) == {"chosen": ["false"]}


@pytest.mark.parametrize(
    ("name", "posted", "message"),
    [
        ("single", "", "Choose one answer."),
        ("single", "answer=a&answer=b", "Choose one answer only."),
        ("multiple", "", "Choose every answer that fits."),
        ("multiple", "answer=a&answer=z", "One of the answers is not part of this question. Load the page again and choose once more."),
        ("true_false", "", "Choose one answer."),
        ("true_false", "answer=true&answer=false", "Choose one answer only."),
    ],
)
def test_response_that_cannot_be_judged_says_what_to_do(name, posted, message):
    with pytest.raises(ResponseError) as caught:
        kind(name).read_response(QueryDict(posted), content_with("abc"))
    assert str(caught.value.message) == message


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(["options", "id", "text", "right", "chosen", "feedback"]), inner)
    ),
    max_leaves=12,
)


@given(st.sampled_from([each for each in KINDS if isinstance(each, Choice)]), json_values, json_values, json_values)
def test_any_json_is_taken_or_refused_with_a_reason(each, content, answer_key, response):
    try:
        parsed = each.parse(content, answer_key)
    except ContentError as refusal:
        fine_or_reasons = refusal.problems
    else:
        fine_or_reasons = each.parse(parsed.content, parsed.answer_key) == parsed
    assert fine_or_reasons
    try:
        stored = each.check_response(response, content_with("ab"))
    except ResponseError as refusal:
        fine_or_reason = str(refusal.message)
    else:
        fine_or_reason = each.check_response(stored, content_with("ab")) == stored
    assert fine_or_reason
