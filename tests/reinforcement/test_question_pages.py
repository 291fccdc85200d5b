"""Pages of the bank: who may open them, what an author can do without a script, what a seller would see."""

import pytest
from django.urls import reverse

from reinforcement.models import Answer, DailySet, Question
from reinforcement.questions import services
from reinforcement.questions.letters import letter_reference, place_reference
from tests.factories import (
    AuthorFactory,
    CompetencyFactory,
    DailySetFactory,
    HrFactory,
    LeadershipFactory,
    QuestionFactory,
    SellerFactory,
    make_line,
)
from tests.typed_forms import untouched

pytestmark = pytest.mark.django_db

SCRIPT = "<script>alert(1)</script>"


@pytest.fixture
def author(client):
    author = AuthorFactory()
    client.force_login(author.user)
    return author


def url(name, *args):
    return reverse(f"reinforcement:{name}", args=args)


def typed(under, **changes):
    """A whole posted form of a question with one right answer."""
    return {
        "kind": "single",
        "language": "en",
        "situation": "Van Loon saw your demo.\n\nNow they mail.",
        "prompt": "What do you do first?",
        "option": ["a", "b", "c"],
        "text-a": "Ask what it costs",
        "text-b": "Send the quote",
        "feedback-b": "Only compared on price.",
        "text-c": "Offer a demo",
        "right": ["a"],
        "explanation": "Before the cause is clear, a price is only a number.",
        "competency": str(under.public_id),
        "source": "Day 2",
        "do": "publish",
    } | changes


def answered(question, member=None):
    """The question, answered once by a seller."""
    member = member or SellerFactory(organization=question.organization)
    daily_set = DailySetFactory(member=member, questions=[question])
    item = daily_set.items.get()
    return Answer.objects.create(
        organization=question.organization,
        member=member,
        item=item,
        question=question,
        version=item.version,
        program=item.program,
        competency=question.competency,
        team=question.organization.teams.get(parent=None),
        response={"chosen": ["a"]},
        verdict="right",
        credit=1,
        is_first=True,
        answered_at=daily_set.prepared_at,
        received_at=daily_set.prepared_at,
        week_on=daily_set.local_date,
    )


def every_page(question):
    return [
        url("question_list"),
        url("question_create"),
        url("question_detail", question.public_id),
        url("question_try", question.public_id),
        url("question_wording", question.public_id, "nl"),
        url("import_start"),
    ]


def test_author_opens_every_page(client, author):
    question = QuestionFactory.create(organization=author.organization)
    assert [client.get(page).status_code for page in every_page(question)] == [200] * 6


@pytest.mark.parametrize("make_reader", [lambda: HrFactory(), lambda: make_line(sellers=1)[0]])
def test_manager_and_hr_read_and_do_not_write(client, make_reader):
    reader = make_reader()
    question = QuestionFactory.create(organization=reader.organization)
    client.force_login(reader.user)
    assert [client.get(page).status_code for page in every_page(question)] == [200, 404, 200, 200, 404, 404]
    for page in (url("question_detail", question.public_id), url("question_archive", question.public_id)):
        assert client.post(page, typed(question.competency)).status_code == 404
    question.refresh_from_db()
    assert question.archived_at is None
    assert question.versions.count() == 1


@pytest.mark.parametrize("make_reader", [SellerFactory, LeadershipFactory])
def test_bank_does_not_exist_for_others(client, make_reader):
    reader = make_reader()
    question = QuestionFactory.create(organization=reader.organization)
    client.force_login(reader.user)
    assert [client.get(page).status_code for page in every_page(question)] == [404] * 6


def test_question_of_another_organization_does_not_exist(client, author):
    foreign = QuestionFactory.create()
    for name, *args in (("question_detail",), ("question_try",), ("question_wording", "nl")):
        assert client.get(url(name, foreign.public_id, *args)).status_code == 404
    for name, *args in (("question_detail",), ("question_archive",), ("question_restore",), ("question_wording", "nl")):
        assert client.post(url(name, foreign.public_id, *args), typed(foreign.competency)).status_code == 404
    assert foreign.versions.count() == 1


def test_bank_lists_the_own_organization_only(client, author):
    mine, _foreign = QuestionFactory.create(organization=author.organization), QuestionFactory.create()
    assert list(client.get(url("question_list")).context["page"]) == [mine]


@pytest.mark.parametrize("question_count", [1, 30])
def test_bank_costs_the_same_however_many_questions(client, author, question_count, django_assert_num_queries):
    QuestionFactory.create_batch(question_count, organization=author.organization)
    with django_assert_num_queries(5):  # session with its person, competencies, count, page, wordings
        client.get(url("question_list"))


def test_editor_costs_the_same_however_many_versions(client, author, django_assert_num_queries):
    question = QuestionFactory.create(organization=author.organization)
    page = url("question_detail", question.public_id)
    with django_assert_num_queries(6):  # session with its person, question, wordings, competencies, people, versions
        client.get(page)
    wording = services.words_of(question.current_version.wordings.get())
    for _number in range(3):
        asked = services.Asked("single", {"right": ["a"]}, wording)
        services.publish_version(question, change="wording", asked=asked, created_by=author)
    with django_assert_num_queries(6):
        client.get(page)


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("search=quote+first", {"quote"}),
        ("search=PRICE", {"price"}),
        ("kind=true_false", {"price"}),
        ("language=nl", {"quote"}),
        ("archived=yes", {"old"}),
        ("search=nothing", set()),
        ("", {"quote", "price"}),
        ("kind=unknown&language=xx&page=nine&competency=none", {"quote", "price"}),
    ],
)
def test_bank_is_narrowed_down(client, author, query, found):
    organization = author.organization
    questions = {
        "quote": QuestionFactory.create(organization=organization, prompt="Do you quote first?"),
        "price": QuestionFactory.create(
            organization=organization, prompt="A price?", kind="true_false", right=["true"], content={"feedback": {"true": "", "false": ""}}
        ),
        "old": QuestionFactory.create(organization=organization, prompt="Old"),
    }
    services.archive_question(questions["old"])
    words = services.words_of(questions["quote"].current_version.wordings.get())
    services.add_wording(questions["quote"].current_version, services.Words("nl", "Eerst de offerte?", words.content))
    page = client.get(f"{url('question_list')}?{query}").context["page"]
    assert set(page) == {questions[name] for name in found}


def test_competency_stands_for_its_whole_branch(client, author):
    above = CompetencyFactory(organization=author.organization)
    below = CompetencyFactory(organization=author.organization, parent=above)
    inside = QuestionFactory.create(organization=author.organization, competency=below)
    QuestionFactory.create(organization=author.organization)
    assert list(client.get(f"{url('question_list')}?competency={above.public_id}").context["page"]) == [inside]


def test_author_writes_a_question(client, author):
    competency = CompetencyFactory(organization=author.organization)
    response = client.post(url("question_create"), typed(competency))
    question = Question.objects.get()
    assert response.url == url("question_detail", question.public_id)
    wording = question.current_version.wordings.get()
    assert wording.situation == "<p>Van Loon saw your demo.</p><p>Now they mail.</p>"
    assert wording.content["options"][1] == {"id": "b", "text": "<p>Send the quote</p>", "feedback": "<p>Only compared on price.</p>"}
    assert (question.competency, question.created_by, question.current_version.answer_key) == (competency, author, {"right": ["a"]})


def test_phone_has_the_button_again_at_the_end_of_the_form(client, author):
    form = client.get(url("question_create")).content.decode().split('id="edit"')[1].split("</form>")[0]
    assert '<button class="button phone-only" name="do" value="publish">Add to the bank</button>' in form


def test_true_or_false_is_written_with_its_two_answers(client, author):
    competency = CompetencyFactory(organization=author.organization)
    form = typed(competency, kind="true_false", option=["true", "false"], right=["false"]) | {"feedback-true": "Too early."}
    client.post(url("question_create"), form)
    version = Question.objects.get().current_version
    assert (version.kind, version.answer_key) == ("true_false", {"right": ["false"]})
    assert version.wordings.get().content == {"feedback": {"true": "<p>Too early.</p>", "false": ""}}


@pytest.mark.parametrize(
    ("changes", "place"),
    [
        ({"prompt": ""}, "id_prompt_error"),
        ({"competency": ""}, "id_competency_error"),
        ({"right": []}, "answers-error"),
        ({"text-b": ""}, "error-b"),
        ({"text-b": "Ask what it costs"}, "error-b"),
        ({"option": ["a"]}, "answers-error"),
        ({"explanation": "The correct answer is A and D."}, "id_explanation_error"),
        ({"feedback-b": "See answer C."}, "error-b"),
    ],
)
def test_what_is_wrong_stands_at_its_field_and_nothing_is_kept(client, author, changes, place):
    response = client.post(url("question_create"), typed(CompetencyFactory(organization=author.organization), **changes))
    assert response.status_code == 422
    assert f'id="{place}"' in response.content.decode()
    assert not Question.objects.exists()


def test_letters_may_stand_where_the_order_is_kept(client, author):
    form = typed(CompetencyFactory(organization=author.organization), explanation="The correct answer is A.", keep_order="on")
    assert client.post(url("question_create"), form).status_code == 302
    assert Question.objects.get().current_version.wordings.get().content["keep_order"] is True


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("The correct answer is A and D because", "A and D"),
        ("See option B.", "option B"),
        ("Antwoord C is juist", "Antwoord C"),
        ("A et B", "A et B"),
        ("Not (B)", "(B)"),
        ("R&D and a plan B", ""),
        ("A quote and a demo", ""),
        ("Answer a question", ""),
        ("Plan A and a fallback", ""),
    ],
)
def test_letters_are_found_and_words_are_not(text, found):
    assert letter_reference(text) == found


def test_all_of_the_above_needs_its_place():
    assert [bool(place_reference(text)) for text in ("All of the above.", "None of the above", "Alle bovenstaande", "Above all, ask")] == [
        True,
        True,
        True,
        False,
    ]


@pytest.mark.parametrize(
    ("step", "ids"),
    [
        ("add", ["a", "b", "c", "d"]),
        ("remove-b", ["a", "c"]),
        ("down-a", ["b", "a", "c"]),
        ("down-c", ["a", "b", "c"]),
        ("preview", ["a", "b", "c"]),
    ],
)
def test_answers_are_changed_in_a_round_trip_that_keeps_what_was_typed(client, author, step, ids):
    form = typed(CompetencyFactory(organization=author.organization), do=step)
    response = client.post(url("question_create"), form)
    rows = response.context["answers"].rows
    assert [row.id for row in rows] == ids
    assert next(row for row in rows if row.id == "a").text == "Ask what it costs"
    assert next(row for row in rows if row.id == "a").is_right
    assert "Day 2" in response.content.decode()
    assert "error" not in response.context["form"].errors
    assert not Question.objects.exists()


def test_new_answer_never_takes_the_id_of_one_that_was_there(client, author):
    question = QuestionFactory.create(organization=author.organization)
    form = typed(question.competency, option=["a", "b"], do="add")
    rows = client.post(url("question_detail", question.public_id), form).context["answers"].rows
    assert [row.id for row in rows] == ["a", "b", "d"]


def test_preview_shows_the_question_as_sellers_see_it(client, author):
    response = client.post(url("question_preview"), typed(CompetencyFactory(), prompt=f"Half {SCRIPT}"))
    page = response.content.decode()
    assert 'id="phone"' in page
    assert "Ask what it costs" in page
    assert SCRIPT not in page
    assert not Question.objects.exists()


def test_unanswered_question_is_published_without_a_question_back(client, author):
    question = QuestionFactory.create(organization=author.organization)
    client.post(url("question_detail", question.public_id), typed(question.competency))
    question.refresh_from_db()
    assert (question.current_version.number, question.current_version.change) == (2, "wording")


def test_used_question_asks_what_changed(client, author):
    question = QuestionFactory.create(organization=author.organization)
    answered(question)
    page = url("question_detail", question.public_id)
    assert "1 person has answered this question" in client.get(page).content.decode()
    refused = client.post(page, typed(question.competency))
    assert refused.status_code == 422
    assert "id_change_error" in refused.content.decode()
    client.post(page, typed(question.competency, change="meaning"))
    question.refresh_from_db()
    assert (question.current_version.number, question.current_version.change) == (2, "meaning")


def test_version_of_another_author_is_not_replaced_in_silence(client, author):
    question = QuestionFactory.create(organization=author.organization)
    page = url("question_detail", question.public_id)
    client.post(page, typed(question.competency, based_on="1", prompt="First author"))
    refused = client.post(page, typed(question.competency, based_on="1", prompt="Second author"))
    assert refused.status_code == 422
    assert "Version 2 was published while you were writing" in refused.content.decode()
    assert 'name="based_on" value="2"' in refused.content.decode()
    assert question.versions.count() == 2
    assert client.post(page, typed(question.competency, based_on="2", prompt="Second author")).status_code == 302


def test_nothing_changed_makes_no_version(client, author):
    competency = CompetencyFactory(organization=author.organization)
    client.post(url("question_create"), typed(competency))
    question = Question.objects.get()
    for more in ({}, {"change": "meaning"}):
        response = client.post(url("question_detail", question.public_id), typed(competency, based_on="1", **more), follow=True)
        assert "Nothing has changed." in response.content.decode()
    answered(question)
    client.post(url("question_detail", question.public_id), typed(competency, based_on="1"))
    assert question.versions.count() == 1


RICH = "<p>Two <strong>firm</strong> words &amp; a sign.</p><ul><li>one</li><li>two</li></ul><p>Line<br>break</p>"


@pytest.mark.parametrize("name", ["single", "multiple", "true_false"])
def test_opened_and_published_as_it_stands_makes_no_version(client, author, name):
    competency = CompetencyFactory(organization=author.organization)
    options = [{"id": "a", "text": RICH, "feedback": RICH}, {"id": "b", "text": "<p>No</p>", "feedback": ""}]
    content = {"options": options, "keep_order": True}
    if name == "true_false":
        content = {"feedback": {"true": RICH, "false": ""}}
    key = {"right": ["true" if name == "true_false" else "a"]}
    words = services.Words(language="en", prompt="Which one?", content=content, situation=RICH, explanation=RICH, source="Day 2")
    question = services.create_question(competency=competency, asked=services.Asked(name, key, words), created_by=author)
    page = url("question_detail", question.public_id)
    response = client.post(page, untouched(client.get(page).content.decode(), "edit") | {"do": "publish"}, follow=True)
    assert "Nothing has changed." in response.content.decode()
    assert question.versions.count() == 1


def test_other_competency_alone_makes_no_version(client, author):
    competency = CompetencyFactory(organization=author.organization)
    client.post(url("question_create"), typed(competency))
    question = Question.objects.get()
    answered(question)
    other = CompetencyFactory(organization=author.organization)
    client.post(url("question_detail", question.public_id), typed(other))
    question.refresh_from_db()
    assert (question.competency, question.versions.count()) == (other, 1)


def test_competency_of_another_organization_is_refused(client, author):
    assert client.post(url("question_create"), typed(CompetencyFactory())).status_code == 422
    assert not Question.objects.exists()


def test_dutch_words_join_the_version_with_the_same_answers(client, author):
    question = QuestionFactory.create(organization=author.organization)
    page = url("question_wording", question.public_id, "nl")
    form = {"prompt": "Wat doe je eerst?", "text-a": "Vragen", "text-b": "Offerte", "text-c": "Demo"}
    assert client.post(page, form | {"text-c": ""}).status_code == 422
    assert client.post(page, form).status_code == 302
    wording = question.current_version.wordings.get(language="nl")
    assert [option["id"] for option in wording.content["options"]] == ["a", "b", "c"]
    assert question.versions.count() == 1


def test_language_that_does_not_exist_is_not_found(client, author):
    question = QuestionFactory.create(organization=author.organization)
    assert client.get(url("question_wording", question.public_id, "xx")).status_code == 404
    assert client.get(url("question_wording", question.public_id, "en")).status_code == 404


def test_trying_a_question_judges_and_keeps_nothing(client, author):
    question = QuestionFactory.create(organization=author.organization)
    page = url("question_try", question.public_id)
    assert client.post(page, {}).status_code == 422
    assert "Not yet" in client.post(page, {"answer": "b"}).content.decode()
    right = client.post(page, {"answer": "a"}).content.decode()
    assert "You chose this, right" in right
    assert "a price can only be compared" in right
    assert not Answer.objects.exists()
    assert not DailySet.objects.exists()


def test_unchecked_question_does_not_say_what_is_right(client, author):
    question = QuestionFactory.create(organization=author.organization)
    page = client.get(url("question_try", question.public_id)).content.decode()
    assert "compared on price" not in page
    assert "checked" not in page.partition('class="answers')[2].partition("</fieldset>")[0]


def test_script_in_every_field_comes_out_harmless(client, author):
    competency = CompetencyFactory(organization=author.organization, name=f"Name {SCRIPT}")
    texts = ("situation", "prompt", "explanation", "source", "text-a", "text-b", "text-c", "feedback-a", "feedback-b", "feedback-c")
    attack = {name: f"<p>{name}</p>{SCRIPT}<img src=x onerror=alert(1)>" for name in texts}
    client.post(url("question_create"), typed(competency, **attack))
    question = Question.objects.get()
    reader = HrFactory(organization=author.organization)
    pages = [client.get(page).content.decode() for page in every_page(question)]
    pages.append(client.post(url("question_try", question.public_id), {"answer": "b"}).content.decode())
    client.force_login(reader.user)
    pages.append(client.get(url("question_detail", question.public_id)).content.decode())
    for page in pages:
        assert SCRIPT not in page
        assert "<img" not in page


def test_archive_and_restore(client, author):
    question = QuestionFactory.create(organization=author.organization)
    client.post(url("question_archive", question.public_id))
    question.refresh_from_db()
    assert question.archived_at
    client.post(url("question_restore", question.public_id))
    question.refresh_from_db()
    assert question.archived_at is None


def test_answer_row_that_nobody_filled_in_is_no_answer(client, author):
    under = CompetencyFactory(organization=author.organization)
    client.post(url("question_create"), typed(under, **{"text-c": ""}))
    wording = Question.objects.get().current_version.wordings.get()
    assert [option["id"] for option in wording.content["options"]] == ["a", "b"]


def test_answer_row_with_feedback_only_is_asked_for_its_text(client, author):
    under = CompetencyFactory(organization=author.organization)
    response = client.post(url("question_create"), typed(under, **{"text-c": "", "feedback-c": "Tempting."}))
    assert response.status_code == 422
    assert not Question.objects.exists()
