"""Today through its pages: the question, the verdict, and the end of the set."""

import re
import threading
from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from django.db import connection, connections
from django.urls import reverse

from reinforcement.daily import services
from reinforcement.models import Answer, DailySet, MemoryState, OptionShares
from reinforcement.today import queries
from tests.factories import DailySetFactory, ProgramFactory, QuestionFactory, SellerFactory, enroll, put_in
from tests.reinforcement.asking import address, answer_all, items_of, signed_in, statements, words

pytestmark = pytest.mark.django_db
# A Tuesday, half past eight in Brussels.
MORNING = datetime(2026, 11, 24, 7, 30, tzinfo=UTC)
TODAY = reverse("reinforcement:today")


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(MORNING, tick=False) as traveller:
        yield traveller


@pytest.fixture
def seller():
    return SellerFactory(name="Amira Kaya")


def test_today_asks_the_first_question_that_waits(seller):
    client, daily_set = signed_in(seller), DailySetFactory(member=seller, question_count=3)
    first, second, _third = items_of(daily_set)
    page = client.get(TODAY)
    assert page.context["position"] == 1
    assert first.wording.prompt in words(page)
    assert "New for you." in words(page)
    assert "1 of 3" in words(page)
    client.post(address(first), {"answer": "a"})
    page = client.get(TODAY)
    assert second.wording.prompt in words(page)
    assert page.context["ticks"] == ["done", "now", "later"]


def test_a_question_says_when_it_was_seen_last_and_how_that_went(seller, clock):
    question = QuestionFactory(organization=seller.organization)
    clock.move_to(MORNING - timedelta(days=12))
    first = DailySetFactory(member=seller, questions=[question])
    answer_all(first, ["b"])
    clock.move_to(MORNING)
    again = DailySetFactory(member=seller, questions=[question], program=items_of(first)[0].program)
    again.items.update(reason="due")
    assert "Last seen 12 days ago, not yet right then." in words(signed_in(seller).get(TODAY))


def test_without_a_script_an_answer_leads_to_the_address_of_its_verdict(seller):
    client = signed_in(seller)
    item = items_of(DailySetFactory(member=seller))[0]
    sent = client.post(address(item), {"answer": "b", "confidence": "sure"})
    assert (sent.status_code, sent.headers["Location"]) == (302, address(item))
    for _reload in range(2):
        page = client.get(address(item))
        assert page.status_code == 200
        assert "Not yet" in words(page)
        assert "You chose this, not yet" in words(page)
        assert "This was right" in words(page)
        assert "Before the cause is clear" in words(page)
        assert "Next question" in words(page)
    assert Answer.objects.get().confidence == "sure"


def test_htmx_gets_the_verdict_at_once_and_its_address(seller):
    item = items_of(DailySetFactory(member=seller))[0]
    piece = signed_in(seller).post(address(item), {"answer": "a"}, headers={"HX-Request": "true"})
    assert piece.status_code == 200
    assert piece.headers["HX-Push-Url"] == address(item)
    assert "<html" not in words(piece)
    assert "<title>Right, question 1 of 2 · Feedforward</title>" in words(piece)
    assert 'role="status" tabindex="-1"' in words(piece)
    assert "HX-Request" in piece.headers["Vary"]


def test_partly_right_says_what_was_found(seller):
    question = QuestionFactory(organization=seller.organization, kind="multiple", right=["a", "c"])
    item = items_of(DailySetFactory(member=seller, questions=[question]))[0]
    page = signed_in(seller).post(address(item), {"answer": ["a", "b"]}, follow=True)
    assert "Partly right" in words(page)
    assert "One of the two." in words(page)
    assert "Also right" in words(page)
    assert "you knew a part of it" in words(page)


@pytest.mark.parametrize("htmx", [{}, {"HX-Request": "true"}])
def test_nothing_chosen_is_said_at_the_field_and_what_was_typed_stays(seller, htmx):
    item = items_of(DailySetFactory(member=seller))[0]
    page = signed_in(seller).post(address(item), {"confidence": "think"}, headers=htmx)
    assert page.status_code == 422
    assert 'id="answer-error"' in words(page)
    assert "Choose one answer." in words(page)
    assert 'value="think" checked' in words(page)
    assert not Answer.objects.exists()


@pytest.mark.parametrize("sent", [{"answer": "z"}, {"answer": ["a", "b"]}, {"answer": "a", "confidence": "maybe"}])
def test_an_answer_that_cannot_be_judged_changes_nothing(seller, sent):
    item = items_of(DailySetFactory(member=seller))[0]
    assert signed_in(seller).post(address(item), sent).status_code == 422
    assert not Answer.objects.exists()


@pytest.mark.parametrize("htmx", [{}, {"HX-Request": "true"}])
def test_a_second_tap_counts_once_and_shows_what_stands(seller, htmx):
    client = signed_in(seller)
    item = items_of(DailySetFactory(member=seller))[0]
    client.post(address(item), {"answer": "a"}, headers=htmx)
    for sent in ({"answer": "a"}, {"answer": "b"}, {}):
        page = client.post(address(item), sent, headers=htmx, follow=True)
        assert "You chose this, right" in words(page)
        said = "You answered this question before. The first answer counts."
        assert (said in words(page)) is (sent != {"answer": "a"})
    assert Answer.objects.get().response == {"chosen": ["a"]}
    assert DailySet.objects.get().answered == 1


@pytest.mark.django_db(transaction=True)
def test_two_devices_at_the_same_moment_count_once_and_see_the_same(seller):
    daily_set = DailySetFactory(member=seller, question_count=1)
    item = items_of(daily_set)[0]
    clients = [signed_in(seller) for _device in range(4)]
    start, pages = threading.Barrier(len(clients)), []

    def tap(client, option):
        start.wait()
        try:
            pages.append(client.post(address(item), {"answer": option}, headers={"HX-Request": "true"}))
        finally:
            connections.close_all()

    threads = [threading.Thread(target=tap, args=(client, option)) for client, option in zip(clients, "abab", strict=True)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    stands = Answer.objects.get()
    assert {page.status_code for page in pages} == {200}
    assert {page.context["verdict"] for page in pages} == {stands.verdict}
    assert DailySet.objects.get().answered == 1
    assert MemoryState.objects.get().answered == 1


def test_another_members_question_is_not_there(seller):
    mine, theirs = DailySetFactory(member=seller), DailySetFactory(member=SellerFactory(organization=seller.organization))
    elsewhere = DailySetFactory()
    client = signed_in(seller)
    assert client.get(address(items_of(mine)[0])).status_code == 200
    for item in (items_of(theirs)[0], items_of(elsewhere)[0]):
        assert client.get(address(item)).status_code == 404
        assert client.post(address(item), {"answer": "a"}).status_code == 404
    assert not Answer.objects.exists()


def test_an_older_set_takes_answers_for_fourteen_days(seller, clock):
    client, old = signed_in(seller), DailySetFactory(member=seller)
    item, other = items_of(old)
    clock.move_to(MORNING + timedelta(days=13))
    DailySetFactory(member=seller)
    assert "Right" in words(client.post(address(item), {"answer": "a"}, follow=True))
    clock.move_to(MORNING + timedelta(days=15))
    for page in (client.get(address(other)), client.post(address(other), {"answer": "a"}, follow=True)):
        assert page.status_code == 410
        assert "This question returns by itself" in words(page)
    sent = client.post(address(other), {"answer": "a"}, headers={"HX-Request": "true"})
    assert sent.headers["HX-Redirect"] == address(other)
    assert Answer.objects.count() == 1


def test_a_set_of_long_ago_is_no_debt(seller, clock):
    DailySetFactory(member=seller)
    clock.move_to(MORNING + timedelta(days=15))
    page = signed_in(seller).get(TODAY)
    assert page.status_code == 200
    assert "answer-form" not in words(page)


def test_yesterdays_set_is_asked_until_the_next_one_stands(seller, clock):
    old = DailySetFactory(member=seller, local_date=date(2026, 11, 23))
    client = signed_in(seller)
    assert items_of(old)[0].wording.prompt in words(client.get(TODAY))
    new = DailySetFactory(member=seller)
    assert items_of(new)[0].wording.prompt in words(client.get(TODAY))


@pytest.mark.parametrize(("people", "is_shown"), [(9, False), (10, True)])
def test_colleagues_are_shown_from_ten_people_on(seller, people, is_shown):
    item = items_of(DailySetFactory(member=seller))[0]
    OptionShares.objects.create(
        organization=seller.organization, version=item.version, people=people, chosen={"a": 5, "b": 3, "c": people - 8}, counted_at=MORNING
    )
    page = words(signed_in(seller).post(address(item), {"answer": "a"}, follow=True))
    assert ("How at least 10 colleagues answered" in page) is is_shown
    assert ("&nbsp;%" in page) is is_shown
    assert "pass 100" not in page


def test_shares_tell_no_exact_number(seller):
    item = items_of(DailySetFactory(member=seller))[0]
    OptionShares.objects.create(
        organization=seller.organization, version=item.version, people=37, chosen={"a": 23, "b": 9, "c": 5}, counted_at=MORNING
    )
    page = words(signed_in(seller).post(address(item), {"answer": "a"}, follow=True))
    assert "How at least 30 colleagues answered, in steps of 5 %." in page
    assert sorted(re.findall(r"(\d+)&nbsp;%", page)) == ["15", "25", "60"]


def test_shares_of_several_choices_say_why_they_pass_the_whole(seller):
    question = QuestionFactory(organization=seller.organization, kind="multiple", right=["a", "c"])
    item = items_of(DailySetFactory(member=seller, questions=[question]))[0]
    OptionShares.objects.create(
        organization=seller.organization, version=item.version, people=34, chosen={"a": 24, "b": 11, "c": 18}, counted_at=MORNING
    )
    page = words(signed_in(seller).post(address(item), {"answer": ["a", "b"]}, follow=True))
    assert "How at least 30 colleagues answered, in steps of 5 %. Several choices each, so the shares pass 100 %." in page


def test_the_explanation_is_cleaned_where_it_is_shown(seller):
    question = QuestionFactory(organization=seller.organization)
    item = items_of(DailySetFactory(member=seller, questions=[question]))[0]
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE reinforcement_questionwording SET explanation = %s WHERE organization_id = %s",
            ["<p>Because</p><script>steal()</script><img src=x onerror=steal()>", seller.organization_id],
        )
    page = words(signed_in(seller).post(address(item), {"answer": "a"}, follow=True))
    assert "<p>Because</p>" in page
    assert "steal" not in page


def test_a_wrong_answer_comes_back_on_a_working_day_and_says_why(seller):
    item = items_of(DailySetFactory(member=seller))[0]
    page = words(signed_in(seller).post(address(item), {"answer": "b"}, follow=True))
    # Twelve days on is a Sunday.
    assert "Back on Monday 7 December" in page
    assert "In 13 days: not yet right the first time." in page
    assert 'aria-label="Seen today. Comes back on Monday 7 December."' in page


@pytest.mark.parametrize(
    ("days_after_right", "reason"),
    [
        (24, "not yet right this time, so it comes back sooner than after a right answer."),
        (12, "not yet right this time."),
    ],
)
def test_a_question_wrong_again_comes_back_sooner_only_where_the_program_says_so(seller, clock, days_after_right, reason):
    question = QuestionFactory(organization=seller.organization)
    program = ProgramFactory(organization=seller.organization, days_after_wrong=12, days_after_right=days_after_right)
    clock.move_to(MORNING - timedelta(days=12))
    answer_all(DailySetFactory(member=seller, questions=[question], program=program), ["b"])
    clock.move_to(MORNING)
    again = DailySetFactory(member=seller, questions=[question], program=program)
    page = words(signed_in(seller).post(address(items_of(again)[0]), {"answer": "b"}, follow=True))
    assert f"days: {reason}" in page


def test_right_twice_in_a_row_is_mastered(seller, clock):
    question = QuestionFactory(organization=seller.organization)
    client, first = signed_in(seller), DailySetFactory(member=seller, questions=[question], local_date=date(2026, 10, 30))
    clock.move_to(MORNING - timedelta(days=25))
    first.prepared_at = MORNING - timedelta(days=25)
    first.save()
    page = words(client.post(address(items_of(first)[0]), {"answer": "a"}, follow=True))
    assert "In 24 days: right. Once more in a row and it is mastered." in page
    clock.move_to(MORNING)
    second = DailySetFactory(member=seller, questions=[question], program=items_of(first)[0].program)
    page = words(client.post(address(items_of(second)[0]), {"answer": "a"}, follow=True))
    assert "Mastered" in page
    assert "Right twice in a row. It does not come back by itself." in page
    assert "Seen on 30 October and today." in page


def test_a_question_asked_once_says_so(seller):
    questions = QuestionFactory.create_batch(2, organization=seller.organization)
    program = ProgramFactory(organization=seller.organization, mode="once")
    item = items_of(DailySetFactory(member=seller, questions=questions, program=program))[0]
    page = words(signed_in(seller).post(address(item), {"answer": "b"}, follow=True))
    assert "This program asks every question one time." in page


def test_pages_of_today_are_kept_by_nobody(seller):
    client, item = signed_in(seller), items_of(DailySetFactory(member=seller))[0]
    pages = [client.get(TODAY), client.get(address(item)), client.post(address(item), {"answer": "a"}), client.get(address(item))]
    for page in pages:
        assert {"no-store", "private"} <= set(page.headers["Cache-Control"].replace(" ", "").split(","))
        assert page.headers["Referrer-Policy"] == "same-origin"


def test_single_keys_can_be_turned_off(seller):
    DailySetFactory(member=seller)
    assert "data-shortcuts" in words(signed_in(seller).get(TODAY))
    seller.uses_shortcuts = False
    seller.save()
    assert "data-shortcuts" not in words(signed_in(seller).get(TODAY))


def history(seller, days):
    """A seller with many questions, sets on `days` working days, and all but the last one done."""
    question, *more = QuestionFactory.create_batch(2 if days == 1 else 8, organization=seller.organization)
    program = ProgramFactory(organization=seller.organization)
    put_in(program, question, *more)
    enroll(program, seller)
    for back in reversed(range(days)):
        day = date(2026, 11, 24) - timedelta(days=back)
        moment = MORNING - timedelta(days=back)
        with time_machine.travel(moment, tick=False):
            chosen = [question, *more] if back == 0 else [question]
            last = DailySetFactory(member=seller, questions=chosen, program=program, local_date=day, prepared_at=moment)
            if back:
                answer_all(last)
    return last


@pytest.mark.parametrize("days", [1, 30])
def test_costs_are_the_same_with_one_day_and_with_many(seller, days):
    last = history(seller, days)
    client, (item, *others) = signed_in(seller), items_of(last)
    # The session with its person; the set, its question and its words, which a process reads once.
    assert [statements(lambda: client.get(TODAY)) for _time in range(2)] == [4, 3]
    assert statements(lambda: client.get(address(item))) == 2
    # On SQLite each part of an answer is a statement, and so is what is read beside it.
    most = 3 if connection.vendor == "postgresql" else 13
    assert statements(lambda: client.post(address(item), {"answer": "a"}, headers={"HX-Request": "true"})) <= most
    assert statements(lambda: client.get(address(item))) == 4
    for other in others:
        # One more for words that the process has not read yet.
        assert statements(lambda other=other: client.post(address(other), {"answer": "a"})) <= most + 1
    assert statements(lambda: client.get(TODAY)) == 7
    assert "Done for today." in words(client.get(TODAY))


@pytest.mark.parametrize("given", ["a", "b", "aa", "ab", "ba", "bb", "aaa", "baa", "aba", "aab", "a" * 15])
@pytest.mark.parametrize("is_new_meaning", [False, True])
def test_what_an_answer_reads_beside_itself_is_what_the_log_says_afterwards(given, is_new_meaning, django_assert_num_queries):
    question = QuestionFactory()
    program = ProgramFactory(organization=question.organization)
    seller = SellerFactory(organization=question.organization)
    last = None
    for number, option in enumerate(given):
        day = date(2026, 11, 2) + timedelta(days=number)
        last = DailySetFactory(member=seller, questions=[question], program=program, local_date=day)
        if number < len(given) - 1:
            answer_all(last, option)
    if is_new_meaning:
        question.meaning_since = 2
        question.save()
    item = queries.item_of(seller, items_of(last)[0].key)
    beside = queries.answers_before(seller, item)
    answered = services.answer(seller, item, {"chosen": [given[-1]]}, beside=beside)
    with django_assert_num_queries(0):
        seen = queries.seen_with(seller, item, answered)
    assert seen == queries.seen_before(seller, queries.item_of(seller, item.key), answered.answer)
    assert len(seen.earlier) == min(len(given) - 1, queries.SEEN_AT_MOST)


def test_what_is_read_beside_an_answer_that_is_tried_again_is_what_was_true_at_last():
    question = QuestionFactory()
    program = ProgramFactory(organization=question.organization)
    seller = SellerFactory(organization=question.organization)
    sets = [DailySetFactory(member=seller, questions=[question], program=program, local_date=date(2026, 11, day)) for day in (2, 3, 4, 5)]
    answer_all(sets[0])
    answer_all(sets[1])
    item = queries.item_of(seller, items_of(sets[3])[0].key)
    beside = queries.answers_before(seller, item)
    answer_all(sets[2], "b")
    answered = services.answer(seller, item, {"chosen": ["a"]}, beside=beside)
    seen = queries.seen_with(seller, item, answered)
    assert seen == queries.seen_before(seller, item, answered.answer)
    assert (len(seen.earlier), seen.rights_in_a_row) == (3, 1)


def test_what_was_read_for_another_state_is_read_from_the_log_again():
    question = QuestionFactory()
    program = ProgramFactory(organization=question.organization)
    seller = SellerFactory(organization=question.organization)
    sets = [DailySetFactory(member=seller, questions=[question], program=program, local_date=date(2026, 11, day)) for day in (2, 3, 4)]
    answer_all(sets[0])
    item = queries.item_of(seller, items_of(sets[2])[0].key)
    beside = queries.answers_before(seller, item)
    # Another device answers the same question of an older set meanwhile: what was known with the item holds no longer.
    answer_all(sets[1])
    answered = services.answer(seller, item, {"chosen": ["a"]}, beside=beside)
    assert len(queries.seen_with(seller, item, answered).earlier) == 2
