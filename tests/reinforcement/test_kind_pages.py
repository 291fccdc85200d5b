"""Each kind whose answer is typed or arranged, from the author's form to a seller's verdict, without a script."""

import json
import uuid
from dataclasses import dataclass, field
from typing import Any

import pytest
from django.core import mail
from django.urls import reverse
from django.utils import timezone
from rest_framework.test import APIClient

from outbox import services as outbox
from outbox.models import OutboxMessage
from reinforcement.daily import messages
from reinforcement.models import Answer, Question
from reinforcement.questions.kinds.matching import opaque_id
from reinforcement.questions.kinds.registry import kind
from tests.factories import AuthorFactory, CompetencyFactory, DailySetFactory, HrFactory, SellerFactory
from tests.reinforcement.asking import address, items_of, signed_in, words
from tests.typed_forms import untouched

pytestmark = pytest.mark.django_db


@dataclass(frozen=True)
class Case:
    """What an author types, what a seller gives, and what the pages say of it."""

    name: str
    typed: dict[str, Any]
    right: dict[str, Any]
    partly: dict[str, Any]
    says_partly: str
    says_right: str
    empty: str
    mistake: dict[str, Any]
    mistake_says: str
    dutch: dict[str, Any] = field(default_factory=dict)


CASES = [
    Case(
        "short_text",
        {
            "option": ["a", "b"],
            "text-a": "budget",
            "text-b": "money",
            "credit-a": "100",
            "credit-b": "50",
            "feedback-b": "Say whose.",
            "has_switches": "yes",
            "forgives_slips": "on",
        },
        {"answer": "Budgte"},
        {"answer": "money"},
        "Near it, and not all of it.",
        "This is right",
        "Type your answer.",
        {"text-a": "", "feedback-a": "Whose?"},
        "This answer is empty.",
        {"option": ["a"], "text-a": "begroting"},
    ),
    Case(
        "numeric",
        {
            "option": ["a", "b"],
            "value-a": "1250,5",
            "tolerance-a": "0.5",
            "credit-a": "100",
            "value-b": "1300",
            "tolerance-b": "100",
            "credit-b": "50",
            "unit": "€",
            "feedback-b": "Near.",
        },
        {"answer": "€ 1.250,75"},
        {"answer": "1210"},
        "Near it.",
        "1250.5 € (from 1250 to 1251 counts)",
        "Type a number.",
        {"value-a": "much"},
        "This is not a number.",
        {"unit": "euro"},
    ),
    Case(
        "gap",
        {"gaps": "The [[buyer|customer]] decides, the [[expert|~seller]] advises.", "has_switches": "yes"},
        {"gap-1": "customer", "gap-2": "expert"},
        {"gap-1": "boss", "gap-2": "expert"},
        "Some of the gaps are right.",
        '<del class="gap-wrong"><span class="sr">you wrote: </span>boss</del>',
        "Fill each gap.",
        {"gaps": "No gap here."},
        "Mark 1 to 12 gaps.",
        {"gaps": "De [[koper]] beslist, de [[expert|~verkoper]] adviseert."},
    ),
    Case(
        "ordering",
        {"option": ["c", "a", "b"], "text-a": "Ask", "text-b": "Offer", "text-c": "Listen"},
        {"answer": ["c", "a", "b"]},
        {"answer": ["b", "c", "a"]},
        "1 of 2 steps are right.",
        "You put it at place 1",
        "Put these in the right order, the first one on top.",
        {"text-a": "Offer"},
        "This says the same as number 1.",
        {"text-a": "Vraag", "text-b": "Bied", "text-c": "Luister"},
    ),
    Case(
        "matching",
        {
            "option": ["a", "b", "c"],
            "text-a": "Buyer",
            "match-a": "Price",
            "text-b": "User",
            "match-b": "Ease",
            "text-c": "",
            "match-c": "Colour",
        },
        {"match-a": opaque_id("a"), "match-b": opaque_id("b")},
        {"match-a": opaque_id("a"), "match-b": opaque_id("none 0")},
        "1 of the 2 that fit.",
        "You chose “Colour”",
        "Choose what belongs to each.",
        {"match-b": ""},
        "Say what belongs to this.",
        {"text-a": "Koper", "match-a": "Prijs", "text-b": "Gebruiker", "match-b": "Gemak", f"match-{opaque_id('none 0')}": "Kleur"},
    ),
]
each_kind = pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)


@pytest.fixture
def author(client):
    author = AuthorFactory()
    client.force_login(author.user)
    return author


def url(name, *args):
    return reverse(f"reinforcement:{name}", args=args)


def form_of(case, competency, **changes):
    around = {"kind": case.name, "language": "en", "prompt": "Which one?", "competency": str(competency.public_id), "do": "publish"}
    return around | case.typed | changes


@pytest.fixture
def make(client, author):
    """Writes the case's question through the author's form."""

    def made(case) -> Question:
        competency = CompetencyFactory(organization=author.organization)
        response = client.post(url("question_create"), form_of(case, competency))
        assert response.status_code == 302, response.content.decode()
        return Question.objects.get()

    return made


@each_kind
def test_author_writes_it_and_opened_and_published_as_it_stands_it_is_no_new_version(client, make, case):
    question = make(case)
    version = question.current_version
    assert version.kind == case.name
    page = url("question_detail", question.public_id)
    response = client.post(page, untouched(client.get(page).content.decode(), "edit") | {"do": "publish"}, follow=True)
    assert "Nothing has changed." in response.content.decode()
    assert question.versions.count() == 1


@each_kind
def test_mistake_stands_at_its_place_and_keeps_what_was_typed(client, author, case):
    competency = CompetencyFactory(organization=author.organization)
    response = client.post(url("question_create"), form_of(case, competency, **case.mistake))
    assert response.status_code == 422
    page = words(response)
    assert case.mistake_says in page
    kept = untouched(response.content.decode(), "edit")
    for name, value in (case.typed | case.mistake).items():
        assert kept.get(name, [""]) == (value if isinstance(value, list) else [value]), name
    assert not Question.objects.exists()


@each_kind
def test_empty_form_of_a_kind_can_be_opened_previewed_and_refused(client, author, case):
    competency = CompetencyFactory(organization=author.organization)
    blank = {"kind": case.name, "language": "en", "prompt": "", "competency": str(competency.public_id)}
    assert client.post(url("question_create"), blank | {"do": "kind"}).status_code == 200
    assert client.post(url("question_preview"), blank).status_code == 200
    assert client.post(url("question_create"), blank | {"do": "publish"}).status_code == 422


@each_kind
def test_another_language_has_its_words_and_the_same_memory(client, make, case):
    question = make(case)
    page = url("question_wording", question.public_id, "nl")
    assert client.get(page).status_code == 200
    assert client.post(page, {"prompt": "Welke?", "do": "publish"}).status_code in {302, 422}
    response = client.post(page, {"prompt": "Welke?", "do": "publish"} | case.dutch)
    assert response.status_code == 302, response.content.decode()
    asked = kind(case.name)
    original, dutch = (question.current_version.wordings.get(language=language).content for language in ("en", "nl"))
    assert asked.ids(dutch) == asked.ids(original)
    assert json.dumps(dutch) != json.dumps(original)


@each_kind
def test_reader_tries_it_and_reads_its_key(client, make, case):
    question = make(case)
    client.force_login(HrFactory(organization=question.organization).user)
    page = url("question_try", question.public_id)
    assert "Right" not in words(client.get(page))
    right = client.post(page, case.right)
    assert "<h1>Right</h1>" in words(right)
    assert client.post(page, {}).status_code == 422
    assert client.get(url("question_detail", question.public_id)).status_code == 200


@each_kind
def test_seller_answers_it_on_a_page_without_script(make, case):
    question = make(case)
    seller = SellerFactory(organization=question.organization)
    given = {"right": (case.right, "Right"), "partly": (case.partly, case.says_partly)}
    for verdict, (posted, says) in given.items():
        seller = SellerFactory(organization=question.organization)
        [item] = items_of(DailySetFactory(member=seller, questions=[question]))
        client = signed_in(seller)
        page = words(client.get(address(item)))
        assert str(kind(case.name).instruction) in page
        nothing = client.post(address(item), {})
        assert (nothing.status_code, case.empty in words(nothing)) == (422, True)
        told = words(client.post(address(item), posted, follow=True))
        assert says in told
        assert Answer.objects.get(member=seller).verdict == verdict
        if verdict == "partly":
            assert case.says_right in told


@each_kind
def test_what_was_given_comes_back_beside_the_mistake(make, case):
    question = make(case)
    seller = SellerFactory(organization=question.organization)
    [item] = items_of(DailySetFactory(member=seller, questions=[question]))
    response = signed_in(seller).post(address(item), case.right | {"confidence": "enormous"})
    assert response.status_code == 422
    kept = untouched(response.content.decode(), "answer-form")
    for name, value in case.right.items():
        assert kept[name] == (value if isinstance(value, list) else [value])


@each_kind
def test_program_interface_shows_takes_and_judges_it(make, case):
    question = make(case)
    seller = SellerFactory(organization=question.organization)
    [item] = items_of(DailySetFactory(member=seller, questions=[question]))
    client = APIClient()
    client.force_login(seller.user)
    [shown] = client.get("/api/v1/today/").json()["set"]["items"]
    assert shown["kind"] == case.name
    assert shown["shown"]["instruction"] == str(kind(case.name).instruction)
    version = question.current_version
    content = version.wordings.get().content
    response = kind(case.name).right_response(version.answer_key, content)
    sent = client.post(
        f"/api/v1/today/items/{item.key}/answer/", {"response": response}, format="json", headers={"Idempotency-Key": str(uuid.uuid4())}
    )
    assert sent.status_code == 201, sent.content
    answer = sent.json()["answer"]
    assert (answer["verdict"], answer["options"], answer["response"]) == ("right", [], response)
    assert answer["checked"]


@each_kind
def test_morning_mail_asks_it_and_leads_to_its_page(make, case):
    question = make(case)
    seller = SellerFactory(organization=question.organization)
    DailySetFactory(member=seller, questions=[question], local_date=timezone.localdate(timezone=seller.zone))
    messages.send_again(seller.daily_sets.get().public_id, timezone.now())
    for pk in OutboxMessage.objects.values_list("pk", flat=True):
        outbox.try_message(pk)
    [sent] = mail.outbox
    assert "Which one?" in sent.body
    assert str(kind(case.name).instruction) in sent.body


def test_lines_are_added_moved_and_removed_in_a_round_trip(client, author):
    competency = CompetencyFactory(organization=author.organization)
    case = CASES[3]
    for step, ids in (("add", ["c", "a", "b", "k"]), ("down-c", ["a", "c", "b"]), ("remove-a", ["c", "b"])):
        page = client.post(url("question_create"), form_of(case, competency, do=step)).content.decode()
        assert untouched(page, "edit")["option"] == ids


def test_script_in_every_field_comes_out_harmless(client, author):
    script = "<script>alert(1)</script>"
    for case in CASES:
        competency = CompetencyFactory(organization=author.organization)
        typed = {
            name: script + value if isinstance(value, str) and name.startswith(("text", "feedback", "match", "unit", "gaps")) else value
            for name, value in case.typed.items()
        }
        if "unit" in typed:
            typed["unit"] = "<script>"
        client.post(url("question_create"), form_of(case, competency) | typed)
    assert Question.objects.count() == len(CASES)
    for question in Question.objects.all():
        for page in (url("question_detail", question.public_id), url("question_try", question.public_id)):
            assert script not in client.get(page).content.decode()
        seller = SellerFactory(organization=question.organization)
        [item] = items_of(DailySetFactory(member=seller, questions=[question]))
        version = question.current_version
        services_response = kind(version.kind).right_response(version.answer_key, version.wordings.get().content)
        assert script not in signed_in(seller).get(address(item)).content.decode()
        from reinforcement.daily import services as daily

        daily.answer(seller, daily.items_to_answer(seller).get(pk=item.pk), services_response)
        assert script not in signed_in(seller).get(address(item)).content.decode()
