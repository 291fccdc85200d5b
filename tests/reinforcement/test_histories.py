"""Whatever order answers arrive in, from whichever device and however often: what is remembered is the fold of the log."""

import random
from datetime import timedelta
from uuid import UUID

import pytest
from django.utils import timezone

from reinforcement.daily import services
from reinforcement.daily.rebuilding import memory_differences
from reinforcement.models import Answer, CompetencyState, LearnerState, MemoryState
from reinforcement.questions.services import publish_version
from tests.factories import CompetencyFactory, DailySetFactory, OrganizationFactory, QuestionFactory, SellerFactory
from tests.reinforcement.test_question_services import asked

pytestmark = pytest.mark.django_db
QUESTIONS, SETS, SIZE = 4, 3, 2
# How often a seller lives through a change of meaning between two sets.
CHANGES = 0.2


@pytest.mark.parametrize("histories", [25, pytest.param(5_000, marks=pytest.mark.full)], ids=["sample", "full"])
def test_memory_is_the_fold_of_the_log_over_random_histories_of_two_devices(histories, figure):
    chance = random.Random(4)
    organization = OrganizationFactory()
    competencies = CompetencyFactory.create_batch(2, organization=organization)
    questions = [QuestionFactory(organization=organization, competency=competencies[number % 2]) for number in range(QUESTIONS)]
    bystander = SellerFactory(organization=organization)
    live(bystander, questions, chance)
    answers = replays = 0
    for _history in range(histories):
        seller = SellerFactory(organization=organization)
        others = rows_of_memory(bystander, questions[0])
        given, repeated = live(seller, questions, chance)
        # Another's answers change nobody's rows; a change of meaning between them has everybody begin again with its question.
        assert rows_of_memory(bystander, questions[0]) == others
        answers, replays = answers + given, replays + repeated
        assert Answer.objects.filter(member=seller).count() == given
        assert memory_differences([seller.pk]) == []
        assert MemoryState.objects.filter(member=seller).exists()
        assert LearnerState.objects.get(member=seller).answers == given
        assert 1 <= CompetencyState.objects.filter(member=seller).count() <= 2
    assert memory_differences([bystander.pk]) == []
    figure("P2", f"answers, and replays, of {histories} histories; differences from the fold", 0, f"{answers}, {replays}; 0")


def rows_of_memory(member, changed) -> list[dict]:
    """All that the member's rows hold; of the question that changes its meaning what answers alone change."""
    starts_again = {"due_on", "retired_on", "practice", "rights_in_a_row"}
    tables = [list(table.objects.filter(member=member).values()) for table in (MemoryState, LearnerState, CompetencyState)]
    rows = [row for rows in tables for row in rows]
    assert any(row.get("practice") for row in rows)
    return [
        {name: value for name, value in row.items() if row.get("question_id") != changed.pk or name not in starts_again} for row in rows
    ]


def live(seller, questions, chance: random.Random) -> tuple[int, int]:
    """Sets of some days, their answers sent by two phones in any order, some of them again; how many answers, how many replays."""
    now = timezone.now()
    waiting = []
    for day in range(SETS):
        prepared_at = now - timedelta(days=SETS - day, hours=chance.random())
        daily_set = DailySetFactory(
            member=seller,
            questions=chance.sample(questions, SIZE),
            local_date=timezone.localdate(now) - timedelta(days=SETS - day),
            prepared_at=prepared_at,
        )
        for item in daily_set.items.all():
            # A phone's clock may be wrong by days.
            at = prepared_at + timedelta(hours=chance.uniform(-30, 60))
            waiting.append((item, {"chosen": [chance.choice("ab")]}, at, UUID(int=chance.getrandbits(128))))
    if chance.random() < CHANGES:
        publish_version(questions[0], change="meaning", asked=asked())
        questions[0].refresh_from_db()  # its sets show the new version from now on
    sent = [*waiting, *chance.sample(waiting, 2)]
    chance.shuffle(sent)
    replays = 0
    for item, response, at, key in sent:
        found = services.items_to_answer(seller).get(pk=item.pk)
        replays += services.answer(seller, found, response, answered_at=at, request_key=key, now=now).is_replay
    return len(waiting), replays
