"""The owners are told once when predictions and answers have drifted apart."""

from datetime import UTC, datetime, time, timedelta

import pytest

from accounts.people import services as people
from outbox.models import OutboxMessage
from outbox.services import try_message
from reinforcement.daily.reliability import count_reliability
from reinforcement.models import Reliability, ReliabilityNotice
from reinforcement.reliability.services import KIND
from tests.factories import HrFactory, OrganizationFactory, OwnerFactory
from tests.reinforcement.predicted import log_answers, sellers_of, true_and_false

pytestmark = pytest.mark.django_db
NIGHT = datetime(2026, 3, 10, 1, 47, tzinfo=UTC)


@pytest.fixture
def organization():
    return OrganizationFactory()


@pytest.fixture
def owner(organization):
    HrFactory(organization=organization)
    return OwnerFactory(organization=organization, name="Ines", time_zone="Europe/Brussels", preferred_hour=time(8), language="en")


def a_night(organization, predicted: float, right: int, *, days: int = 0, of: int = 1000):
    """Of answers with this prediction so many were right, and the night counts them."""
    now = NIGHT + timedelta(days=days)
    log_answers(sellers_of(organization), true_and_false(predicted, right, of), at=now - timedelta(hours=8))
    count_reliability(now)


def mails():
    return OutboxMessage.objects.filter(kind=KIND)


def notices(organization):
    return list(ReliabilityNotice.objects.filter(organization=organization).order_by("pk").values_list("recovered_at", flat=True))


@pytest.mark.parametrize(("predicted", "right"), [(0.74, 700), (0.66, 700)])
def test_owners_are_told_when_predictions_are_off(organization, owner, predicted, right):
    a_night(organization, predicted, right)
    assert notices(organization) == [None]
    mail = mails().get()
    assert (mail.member, mail.address, mail.organization) == (owner.public_id, owner.email, organization.public_id)
    # At the owner's hour: eight in Brussels.
    assert mail.due_at == datetime(2026, 3, 10, 7, tzinfo=UTC)


@pytest.mark.parametrize(("predicted", "right", "of"), [(0.73, 700, 1000), (0.7, 730, 1000), (0.7, 700, 1000), (0.9, 300, 999)])
def test_good_predictions_and_few_answers_tell_nobody(organization, owner, predicted, right, of):
    a_night(organization, predicted, right, of=of)
    assert notices(organization) == []
    assert not mails().exists()


def test_other_organizations_answers_tell_nobody_here(organization, owner):
    other = OrganizationFactory()
    a_night(organization, 0.7, 700)
    a_night(other, 0.9, 500)
    assert (notices(organization), notices(other)) == ([], [None])
    assert not mails().exists()


def test_notice_comes_once_and_again_after_a_recovery(organization, owner):
    a_night(organization, 0.8, 700)
    for days in (1, 5, 12):
        a_night(organization, 0.85, 700 + days, days=days)
        assert notices(organization) == [None]
        assert Reliability.objects.get(organization=organization).right == (700 + days) / 1000
    a_night(organization, 0.71, 700, days=13)
    assert notices(organization) == [NIGHT + timedelta(days=13)]
    a_night(organization, 0.8, 700, days=14)
    assert notices(organization) == [NIGHT + timedelta(days=13), None]
    assert mails().count() == 2


def test_notices_are_seven_days_apart(organization, owner):
    a_night(organization, 0.8, 700)
    a_night(organization, 0.7, 700, days=1)
    a_night(organization, 0.8, 700, days=2)
    assert len(notices(organization)) == 1
    # A quiet week later it is owed still, with no new answer.
    count_reliability(NIGHT + timedelta(days=6, hours=23))
    assert len(notices(organization)) == 1
    count_reliability(NIGHT + timedelta(days=7))
    assert len(notices(organization)) == 2
    assert mails().count() == 2


def test_night_that_runs_twice_tells_once(organization, owner):
    a_night(organization, 0.8, 700)
    count_reliability(NIGHT)
    count_reliability(NIGHT + timedelta(minutes=5))
    assert len(notices(organization)) == mails().count() == 1


def test_night_that_is_killed_leaves_neither_notice_nor_mail(organization, owner, monkeypatch):
    def killed(messages):
        raise SystemExit

    with monkeypatch.context() as patch:
        patch.setattr("reinforcement.reliability.services.outbox.queue_messages", killed)
        with pytest.raises(SystemExit):
            a_night(organization, 0.8, 700)
    assert notices(organization) == []
    count_reliability(NIGHT)
    assert len(notices(organization)) == mails().count() == 1


def deliver(mailoutbox) -> str:
    OutboxMessage.objects.update(due_at=NIGHT)
    try_message(mails().get().pk)
    return mailoutbox[0].body if mailoutbox else ""


def test_mail_says_what_drifted_and_where_to_look(organization, owner, mailoutbox, settings):
    a_night(organization, 0.75, 700)
    text = deliver(mailoutbox).replace("\N{NO-BREAK SPACE}", " ")
    assert mailoutbox[0].to == [owner.email]
    assert mailoutbox[0].subject == f"{organization.name}: predictions and answers have drifted apart"
    assert "Predictions are 5 points too high." in text
    assert "Over the 1,000 answers before that night, 75 % were expected to be right and 70 % were." in text
    assert f"{settings.SITE_URL}/figures/reliability/" in text


def test_mail_is_not_sent_when_it_came_together_before_the_hour(organization, owner, mailoutbox):
    a_night(organization, 0.75, 700)
    a_night(organization, 0.7, 700, days=1)
    assert deliver(mailoutbox) == ""
    assert mails().get().state == OutboxMessage.State.DROPPED


def test_mail_is_not_sent_to_who_is_no_owner_any_more(organization, owner, mailoutbox):
    OwnerFactory(organization=organization)
    a_night(organization, 0.75, 700)
    mails().exclude(member=owner.public_id).delete()
    people.deactivate(owner)
    assert deliver(mailoutbox) == ""
