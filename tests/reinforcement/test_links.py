"""The signed link of the mail: it opens one set for answering, changes nothing by itself, and is no sign-in."""

import re
import uuid
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.apps import apps
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from outbox.models import OutboxMessage
from reinforcement.daily import links
from reinforcement.models import Answer, DailySet
from tests.factories import DailySetFactory, SellerFactory
from tests.reinforcement.asking import address, answer_all, items_of, signed_in, statements, words

pytestmark = pytest.mark.django_db
MORNING = datetime(2026, 11, 24, 7, 30, tzinfo=UTC)
TODAY = reverse("reinforcement:today")


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(MORNING, tick=False) as traveller:
        yield traveller


@pytest.fixture
def daily_set():
    return DailySetFactory(member=SellerFactory(name="Amira Kaya", language="nl"))


def link_of(daily_set):
    return reverse("reinforcement:link", args=[links.token_of(daily_set.public_id)])


def opened(daily_set, client=None):
    """A browser that has opened the link of the set."""
    client = client or Client()
    assert client.get(link_of(daily_set)).status_code == 302
    return client


def everything() -> dict:
    """All rows of the project."""
    return {model._meta.label: sorted(model._default_manager.values_list(), key=str) for model in apps.get_models() if model._meta.managed}


def test_a_token_is_short_and_names_its_set_only():
    set_id = uuid.uuid4()
    token = links.token_of(set_id)
    assert len(token) == 66
    assert re.fullmatch(r"[\w.-]+", token)
    assert links.set_id_of(token) == set_id
    for forged in (token[:-1], token + "A", "x" + token, token.split(".")[0], "", links.token_of(uuid.uuid4())[:22] + token[22:]):
        assert links.set_id_of(forged) is None


def test_the_link_opens_today_without_its_token_in_the_address(daily_set):
    client = Client()
    answer = client.get(link_of(daily_set) + "?choose=b&next=https://elsewhere.example/")
    assert answer.headers["Location"] == f"{TODAY}?choose=b"
    cookie = answer.cookies[links.COOKIE]
    assert (cookie["path"], cookie["httponly"], cookie["samesite"]) == (TODAY, True, "Lax")
    page = client.get(answer.headers["Location"])
    assert items_of(daily_set)[0].wording.prompt in words(page)
    assert links.token_of(daily_set.public_id) not in words(page)
    assert 'value="b" checked' in words(page)
    assert 'value="a" checked' not in words(page)
    assert page.headers["Referrer-Policy"] == "same-origin"


def test_the_cookie_travels_over_https_only_where_sessions_do(daily_set, settings):
    settings.SESSION_COOKIE_SECURE = True
    assert Client().get(link_of(daily_set)).cookies[links.COOKIE]["secure"]


def test_a_choice_of_the_mail_is_ticked_on_its_own_question_only(daily_set):
    client = opened(daily_set)
    assert "checked" not in words(client.get(TODAY, {"choose": "b", "question": "2"}))
    assert "checked" not in words(client.get(TODAY, {"choose": "nonsense"}))
    client.post(address(items_of(daily_set)[0]), {"answer": "a"})
    assert "checked" not in words(client.get(TODAY, {"choose": "b"}))
    assert 'value="b" checked' in words(client.get(TODAY, {"choose": "b", "question": "2"}))


@pytest.mark.parametrize("method", ["get", "head"])
def test_a_scanner_that_opens_links_changes_nothing(daily_set, method):
    before = everything()
    client = Client()
    for query in ("", "?choose=a", "?choose=b"):
        getattr(client, method)(link_of(daily_set) + query, follow=True)
    assert client.post(link_of(daily_set)).status_code == 405
    assert everything() == before


def test_the_link_answers_the_whole_set_in_the_members_language(daily_set):
    client = opened(daily_set)
    first, second = items_of(daily_set)
    page = client.get(TODAY)
    assert page.wsgi_request.LANGUAGE_CODE == "nl"
    assert '<html lang="nl"' in words(page)
    assert "Amira Kaya" in words(page)
    verdict = client.post(address(first), {"answer": "a"}, follow=True)
    assert verdict.context["verdict"] == "right"
    client.post(address(second), {"answer": "b"}, headers={"HX-Request": "true"})
    done = client.get(TODAY)
    assert done.templates[0].name == "reinforcement/today/done.html"
    assert set(Answer.objects.values_list("member", flat=True)) == {daily_set.member_id}


def test_answering_by_link_needs_the_forms_own_token(daily_set):
    client = Client(enforce_csrf_checks=True)
    client.get(link_of(daily_set))
    page = client.get(TODAY)
    token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', words(page))[1]
    item = items_of(daily_set)[0]
    assert client.post(address(item), {"answer": "a"}).status_code == 403
    assert client.post(address(item), {"answer": "a", "csrfmiddlewaretoken": token}).status_code == 302


def test_the_link_opens_no_other_set_of_its_member(daily_set, clock):
    old = DailySetFactory(member=daily_set.member, local_date=daily_set.local_date - timedelta(days=1))
    answer_all(old)
    client = opened(daily_set)
    assert client.get(address(items_of(old)[0])).status_code == 404
    assert client.get(address(items_of(DailySetFactory())[0])).status_code == 404


def pages(patterns=None, prefix="/") -> list[str]:
    """An address of every page of the project."""
    found = []
    for pattern in patterns if patterns is not None else get_resolver().url_patterns:
        route = prefix + re.sub(r"[\^$\\]", "", str(pattern.pattern))
        if isinstance(pattern, URLResolver):
            found += pages(pattern.url_patterns, route)
        elif isinstance(pattern, URLPattern):
            route = route.replace("<uuid:", "<").replace("<str:", "<").replace("<int:", "<")
            found.append(re.sub(r"<(\w+)>", lambda name: "1" if name[1] == "pk" else str(uuid.uuid4()), route))
    return [route for route in found if "(" not in route]


def test_the_link_is_no_sign_in(daily_set):
    """With the link every page but Today answers exactly as to a stranger."""
    with_link, stranger = opened(daily_set), Client()
    addresses = [route for route in pages() if not route.startswith((TODAY, "/t/"))]
    assert len(addresses) > 20
    for route in addresses:
        seen, strangers = with_link.get(route), stranger.get(route)
        assert (seen.status_code, seen.headers.get("Location")) == (strangers.status_code, strangers.headers.get("Location")), route
        assert "Amira Kaya" not in words(seen), route
    for name in ("home", "reinforcement:progress", "reinforcement:question_list"):
        assert with_link.get(reverse(name)).headers["Location"].startswith(reverse("account_login"))


def test_without_a_link_today_asks_for_the_sign_in(daily_set):
    for route in (TODAY, address(items_of(daily_set)[0])):
        assert Client().get(route).headers["Location"] == f"{reverse('account_login')}?next={route}"
        assert Client().post(route, {"answer": "a"}).status_code in (302, 405)
    sent = Client().post(address(items_of(daily_set)[0]), {"answer": "a"}, headers={"HX-Request": "true"})
    assert sent.headers["HX-Redirect"] == f"{reverse('account_login')}?next={TODAY}"
    assert not Answer.objects.exists()


def test_the_link_of_another_person_wins_on_today_and_says_for_whom(daily_set):
    reader = SellerFactory(organization=daily_set.organization, name="Luc Fontaine")
    own = DailySetFactory(member=reader)
    client = opened(daily_set, signed_in(reader))
    page = client.get(TODAY)
    assert items_of(daily_set)[0].wording.prompt in words(page)
    assert "<b>Amira Kaya</b>" in words(page)
    client.post(address(items_of(daily_set)[0]), {"answer": "a"})
    assert Answer.objects.get().member == daily_set.member
    assert client.get(address(items_of(own)[0])).status_code == 404
    assert client.get(reverse("reinforcement:progress")).context["request"].member == reader
    left = client.post(reverse("reinforcement:link_leave"), follow=True)
    assert items_of(own)[0].wording.prompt in words(left)
    assert "Amira Kaya" not in words(left)


def test_ones_own_link_adds_nothing_to_the_sign_in(daily_set):
    client = opened(daily_set, signed_in(daily_set.member))
    page = client.get(TODAY)
    assert "answering-as" not in words(page)
    assert links.COOKIE not in client.cookies or not client.cookies[links.COOKIE].value


def test_a_link_opened_before_the_sign_in_costs_nothing_after_it(daily_set):
    client = opened(daily_set)
    client.force_login(daily_set.member.user)
    item = items_of(daily_set)[0]
    assert "answering-as" not in words(client.get(TODAY))
    assert statements(lambda: client.post(address(item), {"answer": "a"}, headers={"HX-Request": "true"})) <= 14


def test_answering_by_link_costs_less_than_signed_in(daily_set):
    client = opened(daily_set)
    # The first reader of a wording reads it for the whole process.
    assert [statements(lambda: client.get(TODAY)) for _time in range(2)] == [3, 2]
    item = items_of(daily_set)[0]
    assert statements(lambda: client.post(address(item), {"answer": "a"}, headers={"HX-Request": "true"})) <= 12


def test_answering_by_the_link_of_another_costs_no_more_than_fourteen(daily_set, clock):
    answer_all(daily_set)
    clock.shift(timedelta(days=12))
    again = DailySetFactory(member=daily_set.member, questions=[items_of(daily_set)[0].question], program=items_of(daily_set)[0].program)
    client, item = opened(again, signed_in(SellerFactory())), items_of(again)[0]
    assert statements(lambda: client.post(address(item), {"answer": "a"}, headers={"HX-Request": "true"})) <= 14
    assert client.get(address(item)).context["verdict"] == "right"


def supersede(daily_set, clock):
    DailySetFactory(member=daily_set.member, local_date=daily_set.local_date + timedelta(days=1))


def expire(daily_set, clock):
    clock.shift(timedelta(days=14, hours=1))


def leave(daily_set, clock):
    daily_set.member.is_active = False
    daily_set.member.save()


def close_sign_in(daily_set, clock):
    daily_set.member.user.is_active = False
    daily_set.member.user.save()


def take_away(daily_set, clock):
    DailySet.objects.filter(pk=daily_set.pk).delete()


ENDS = [supersede, expire, leave, close_sign_in, take_away]


@pytest.mark.parametrize("end", ENDS)
def test_an_ended_link_says_what_to_do_and_shows_nothing(daily_set, clock, end):
    item = items_of(daily_set)[0]
    client, prompt = opened(daily_set), item.wording.prompt
    end(daily_set, clock)
    answers = [client.get(TODAY), client.get(address(item)), client.post(address(item), {"answer": "a"}), Client().get(link_of(daily_set))]
    # Kept at most fourteen days, the cookie may end with the set: then the sign-in is asked for.
    for answer in answers:
        if answer.status_code == 302:
            assert end is expire
            continue
        assert answer.status_code == 410
        assert "This link has ended" in words(answer)
        assert reverse("account_login") in words(answer)
        assert reverse("reinforcement:link_mail", args=[links.token_of(daily_set.public_id)]) in words(answer)
        for secret in (prompt, "Amira", daily_set.member.email, daily_set.organization.name):
            assert secret not in words(answer)
    assert answers[-1].status_code == 410
    assert not Answer.objects.exists()


def test_an_ended_link_gives_way_to_the_sign_in(daily_set, clock):
    reader = SellerFactory(organization=daily_set.organization)
    own = DailySetFactory(member=reader)
    client = opened(daily_set, signed_in(reader))
    supersede(daily_set, clock)
    page = client.get(TODAY)
    assert items_of(own)[0].wording.prompt in words(page)
    assert not client.cookies[links.COOKIE].value


def test_a_forged_link_is_a_page_without_data(daily_set):
    token = links.token_of(daily_set.public_id)
    forged = token[:-2] + ("AA" if token[-2:] != "AA" else "BB")
    for route in (reverse("reinforcement:link", args=[forged]), reverse("reinforcement:link", args=["x"])):
        answer = Client().get(route)
        assert answer.status_code == 404
        assert "This link does not work" in words(answer)
        assert "link_mail" not in words(answer)
        assert links.COOKIE not in answer.cookies
    assert Client().post(reverse("reinforcement:link_mail", args=[forged])).status_code == 404
    assert not OutboxMessage.objects.exists()


def test_a_forged_cookie_opens_nothing(daily_set):
    client = opened(daily_set)
    client.cookies[links.COOKIE] = client.cookies[links.COOKIE].value[:-1] + "x"
    assert client.get(TODAY).headers["Location"].startswith(reverse("account_login"))


def ask_again(daily_set):
    return Client().post(reverse("reinforcement:link_mail", args=[links.token_of(daily_set.public_id)]))


def test_a_new_mail_goes_to_the_person_of_the_link_with_the_set_that_stands(daily_set, clock):
    supersede(daily_set, clock)
    current = DailySet.objects.latest("local_date")
    answers = [ask_again(daily_set), ask_again(daily_set)]
    assert [answer.status_code for answer in answers] == [200, 200]
    [message] = OutboxMessage.objects.all()
    assert (message.kind, message.address, message.payload) == ("daily_again", daily_set.member.email, {"set": str(current.public_id)})
    assert (message.member, message.organization) == (daily_set.member.public_id, daily_set.organization.public_id)
    clock.shift(timedelta(hours=1))
    ask_again(daily_set)
    assert OutboxMessage.objects.count() == 2


@pytest.mark.parametrize("end", [expire, leave, close_sign_in, take_away, lambda daily_set, clock: answer_all(daily_set)])
def test_asking_for_a_mail_reveals_nothing(daily_set, clock, end):
    fresh = words(ask_again(DailySetFactory()))
    OutboxMessage.objects.all().delete()
    end(daily_set, clock)
    answer = ask_again(daily_set)
    assert (answer.status_code, words(answer)) == (200, fresh)
    assert not OutboxMessage.objects.exists()


def test_the_stop_link_changes_nothing_by_itself_and_stops_the_mails_by_its_button(daily_set):
    browser, address = Client(), links.stop_link_of(daily_set.member.public_id).removeprefix("http://127.0.0.1:8000")
    before = everything()
    assert browser.get(address).status_code == 200
    assert everything() == before
    assert browser.post(address).status_code == 200
    daily_set.member.refresh_from_db()
    assert (daily_set.member.wants_morning_mail, daily_set.member.wants_reminder) == (False, False)


def test_the_stop_link_is_no_link_to_a_set_and_a_set_link_stops_nothing(daily_set):
    stop = links.stop_link_of(daily_set.member.public_id).rstrip("/").split("/")[-2]
    assert links.set_id_of(stop) is None
    assert links.member_who_stops(links.token_of(daily_set.public_id)) is None
    assert Client().post(reverse("reinforcement:link_stop", args=[links.token_of(daily_set.public_id)])).status_code == 404
