"""What the linter points out: each check with a question that trips it and one that does not."""

import pytest
from django.utils import translation

from reinforcement.questions.kinds.registry import kind
from reinforcement.questions.linting import Draft, lint, lint_set

FEEDBACK = "<p>She hears that you did not listen.</p>"
TEXTS = ("Ask what it costs her", "Send her the price list", "Call back next week")


def options(*texts, feedback=FEEDBACK):
    return {
        "options": [{"id": letter, "text": f"<p>{text}</p>", "feedback": feedback} for letter, text in zip("abcdefgh", texts, strict=False)]
    }


def draft(kind_name="single", content=None, answer_key=None, **words):
    """A question that trips nothing, but for what is given."""
    answer_key = answer_key or {"right": ["a"]}
    parsed = kind(kind_name).parse(content or options(*TEXTS), answer_key)
    given = {"language": "en", "prompt": "What do you do?", "explanation": "<p>Because.</p>"} | words
    return Draft(kind_name, parsed.answer_key, content=parsed.content, **given)


def found(*args, **words):
    return [(finding.code, finding.field) for finding in lint(draft(*args, **words))]


def gaps(*others):
    return {
        "text": "First [[1]], then [[2]].",
        "gaps": [{"id": "1", "accepted": ["listen"]}, {"id": "2", "accepted": ["ask"], "others": list(others)}],
    }


SWITCHES = {"heeds_case": False, "forgives_slips": True}


def test_a_fine_question_has_no_findings():
    assert lint(draft()) == ()


@pytest.mark.parametrize(("length", "codes"), [(220, []), (221, [("prompt_long", "prompt")])])
def test_long_prompt_is_pointed_out(length, codes):
    assert found(prompt="a" * length) == codes


@pytest.mark.parametrize(("length", "codes"), [(700, []), (701, [("situation_long", "situation")])])
def test_long_situation_is_pointed_out_by_its_plain_text(length, codes):
    assert found(situation=f"<p><strong>{'a' * length}</strong></p>") == codes


@pytest.mark.parametrize(
    ("language", "prompt"),
    [
        ("en", "Which step is not useful?"),
        ("en", "What do you never say?"),
        ("en", "Which step doesn’t help?"),  # noqa: RUF001
        ("en", "All steps help except one: which?"),
        ("nl", "Wat doe je niet?"),
        ("nl", "Wat zeg je nooit?"),
        ("nl", "Welke vraag is geen open vraag?"),
        ("nl", "Alles helpt, behalve wat?"),
        ("fr", "Que ne faites-vous pas ?"),
        ("fr", "Quelle étape n’aide jamais ?"),  # noqa: RUF001
        ("fr", "Tout aide, sauf quoi ?"),
    ],
)
def test_negation_in_the_prompt_is_pointed_out(language, prompt):
    assert found(language=language, prompt=prompt) == [("prompt_negation", "prompt")]


@pytest.mark.parametrize(
    ("language", "prompt"),
    [
        ("en", "What do you note now?"),
        ("en", "What do you answer to “that is not for us”?"),
        ("en", "True or not: she is ready."),
        ("en", "What do you ask, and not only of her?"),
        ("nl", "Waar of niet waar: ze is klaar."),
        ("nl", "Wat antwoord je op “dat is niets voor ons, nooit”?"),
        ("fr", "Que répondez-vous à « ce n’est pas pour nous » ?"),  # noqa: RUF001
        ("fr", "Quel pas faites-vous ?"),
        ("fr", "Qui ne voit que le prix ?"),
        ("de", "Was tun Sie nicht?"),
    ],
)
def test_prompt_without_a_negation_of_its_own_passes(language, prompt):
    assert found(language=language, prompt=prompt) == []


def test_more_than_six_options_are_pointed_out():
    six = ("Ask her", "Call her", "Mail him", "Send it", "Wait on", "Go home")
    assert found("single", options(*six)) == []
    assert found("single", options(*six, "Sit down")) == [("options_many", "options")]


def test_more_than_six_items_of_an_order_are_pointed_out():
    items = {"items": [{"id": letter, "text": letter * 3} for letter in "abcdefg"]}
    assert found("ordering", items, {"order": list("abcdefg")}) == [("options_many", "items")]


def test_options_of_very_different_length_are_pointed_out():
    long = "Send her the price list with the new rates and a letter"
    assert found("single", options("Ask what it costs her", long)) == [("options_unequal", "options")]
    assert found("single", options("Ask what it may cost her in a year", long)) == []


def test_very_short_options_are_left_out_of_the_lengths():
    assert found("single", options("Ask her", "Send her the price list")) == []


def test_choices_of_a_gap_are_weighed_like_options():
    long = "send her the price list with the new rates"
    content = gaps(long, "wait for her to call")
    assert found("gap", content, SWITCHES) == [("options_unequal", "gaps.1")]
    assert found("gap", gaps("wait"), SWITCHES) == []


def test_right_option_that_is_clearly_the_longest_is_pointed_out():
    assert found("single", options("Ask what the error costs her in a month", "Send her the new price list")) == [
        ("right_longest", "options.0.text")
    ]
    assert found("single", options("Ask what the error costs her", "Send her the new price list")) == []


def test_wrong_option_may_be_the_longest():
    assert found("single", options("Send her the new price list", "Ask what the error costs her in a month")) == []


def test_two_long_right_options_hide_each_other():
    texts = ("Ask what the error costs her in a month", "Ask who else in the firm feels the error", "Send her the price list")
    assert found("multiple", options(*texts), {"right": ["a", "b"]}) == []


@pytest.mark.parametrize(
    "text", ["All of the above", "None of the above", "Alle bovenstaande antwoorden", "Toutes les réponses ci-dessus", "Options A and B"]
)
def test_option_that_names_others_by_place_is_pointed_out(text):
    assert ("option_place", "options.1.text") in found("single", options(TEXTS[0], text))


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "Always send it now"),
        ("en", "Never talk of price"),
        ("nl", "Altijd eerst mailen"),
        ("nl", "Nooit over prijs praten"),
        ("fr", "Toujours répondre vite"),
        ("fr", "Ne jamais parler prix"),
    ],
)
def test_absolute_word_in_a_wrong_option_is_pointed_out(language, text):
    assert found("single", options(TEXTS[0], text), language=language) == [("option_absolute", "options.1.text")]


def test_absolute_word_passes_in_the_right_option_and_where_it_says_still():
    assert found("single", options("Always ask for the cost", TEXTS[1])) == []
    assert found("single", options("Vragen wat het kost", "Nog altijd wachten op haar"), language="nl") == []


def test_absolute_word_in_a_choice_of_a_gap_is_pointed_out():
    assert found("gap", gaps("never ask"), SWITCHES) == [("option_absolute", "gaps.1.others")]


def test_nearly_equal_options_are_pointed_out():
    assert found("single", options("Send her the price list", "Ask her", "Send her the price lists")) == [
        ("options_alike", "options.2.text")
    ]


def test_options_that_differ_by_their_number_are_not_alike():
    assert found("single", options("Give a discount of 5 per cent", "Give a discount of 7 per cent")) == []


def test_nearly_equal_matches_are_pointed_out():
    content = {
        "things": [{"id": "a", "text": "Buyer"}, {"id": "b", "text": "User"}],
        "matches": [{"id": "a", "text": "Wants a lower price"}, {"id": "b", "text": "Wants a lower prize"}],
    }
    assert found("matching", content, {"pairs": {"a": "a", "b": "b"}}) == [("options_alike", "matches.1.text")]


def test_missing_feedback_on_a_wrong_option_is_pointed_out():
    content = options(*TEXTS)
    content["options"][0]["feedback"] = ""
    assert found("single", content) == []
    content["options"][2]["feedback"] = "<p> </p>"
    assert found("single", content) == [("feedback_missing", "options.2.feedback")]


def test_missing_feedback_of_true_false_is_pointed_out_for_the_wrong_one():
    assert found("true_false", {"feedback": {"true": "", "false": FEEDBACK}}, {"right": ["true"]}) == []
    assert found("true_false", {"feedback": {"true": FEEDBACK}}, {"right": ["true"]}) == [("feedback_missing", "feedback.false")]


def test_missing_feedback_of_typed_answers_is_pointed_out_where_they_earn_less():
    answers = [{"id": "a", "text": "if"}, {"id": "b", "text": "when", "credit": 50}]
    assert found("short_text", {"answers": answers}, SWITCHES) == [("feedback_missing", "answers.1.feedback")]
    key = {"answers": [{"id": "a", "value": "6"}, {"id": "b", "value": "4", "credit": 0}]}
    assert found("numeric", {"unit": "", "feedback": {}}, key) == [("feedback_missing", "feedback.b")]
    assert found("numeric", {"unit": "", "feedback": {"b": FEEDBACK}}, key) == []


def test_missing_explanation_is_pointed_out():
    assert found(explanation="<p> </p>") == [("explanation_missing", "explanation")]


def test_missing_languages_are_named():
    findings = lint(draft(), present=["fr"], wanted=["en", "nl", "fr"])
    assert [(finding.code, finding.field) for finding in findings] == [("language_missing", "wordings.nl")]
    assert "Dutch" in findings[0].message
    assert lint(draft(), present=["en", "nl", "fr"], wanted=["en", "nl", "fr"]) == ()


def test_messages_are_in_the_language_of_the_reader():
    with translation.override("nl"):
        [finding] = lint(draft(), wanted=["fr"])
    assert "Frans" in finding.message


def with_longest(number, of, language="en"):
    """Questions of which the first `number` have the longest option right."""
    content = options("Ask what it costs her now", "Send her the price")
    return [draft("single", content, {"right": ["a" if place < number else "b"]}, language=language) for place in range(of)]


def test_right_option_that_is_too_often_the_longest_is_pointed_out_by_language():
    findings = lint_set([*with_longest(2, 5), *with_longest(3, 5, "nl")])
    assert [(finding.code, finding.field) for finding in findings] == [("right_often_longest", "nl")]
    assert "60" in findings[0].message


def test_share_of_few_questions_says_nothing():
    assert lint_set(with_longest(4, 4)) == ()


def test_only_single_questions_count_for_the_share():
    longest = draft("multiple", options("Ask what it costs her now", "Send her the price"))
    assert lint_set([*with_longest(2, 5), *[longest] * 5]) == ()
