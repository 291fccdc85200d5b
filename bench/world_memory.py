"""Memory without a log, for the bench of the planner."""

from datetime import datetime


def insert(cursor, people, first_question: int, now: datetime, competencies: int) -> None:
    """Every seller has answered every question once. Half of them are due, some longer than others; where they are chosen by value, two
    thirds do not rest. Weeks and answers are not there.
    """
    numbers = {
        "organization": people.organization_id,
        "first": first_question,
        "each": people.size.questions_each,
        "last": competencies * people.size.questions_each - 1,
        "today": now.date(),
        "not_due": 28 if people.size.mode == "fixed" else 40,
        "practices": _practices(now),
    }
    cursor.execute(
        """
        INSERT INTO reinforcement_memorystate (organization_id, member_id, question_id, answered, rights_in_a_row, last_verdict,
            last_answered_at, last_competency_id, last_team_id, due_on, practice)
        SELECT %(organization)s, seller, %(first)s + place, 1, 0, 'wrong', %(today)s::date - interval '30 days', place / %(each)s + 1, team,
            %(today)s::date + ((seller * 31 + place * 17) %% 60 - %(not_due)s)::integer,
            (%(practices)s)[(seller * 31 + place * 17) %% 60 + 1]
        FROM team_of, generate_series(0, %(last)s) AS place
        """,
        numbers,
    )
    cursor.execute(
        """
        INSERT INTO reinforcement_learnerstate (organization_id, member_id, answers, rights, ability, fast, steady, at, this_hour)
        SELECT %(organization)s, seller, 100, 60, (seller %% 17) / 8.0 - 1, 0.6, 0.6, 0, 0 FROM team_of
        """,
        numbers,
    )
    cursor.execute(
        """
        INSERT INTO reinforcement_competencystate (organization_id, member_id, competency_id, ability, practice)
        SELECT %(organization)s, seller, competency, (seller %% 13 + competency) / 12.0 - 1, (%(practices)s)[1]
        FROM team_of, generate_series(1, %(last)s / %(each)s + 1) AS competency
        """,
        numbers,
    )


def _practices(now: datetime) -> list[bytes]:
    """Sixty practices of one to three answers: the same for fixed programs, which do not read them."""
    from reinforcement.memory.features import practised
    from reinforcement.memory.packing import DAY_SECONDS, packed

    today, kept = now.timestamp() / DAY_SECONDS, []
    for number in range(60):
        practice = None
        for answer in range(number % 3 + 1):
            practice = practised(practice, (number + answer) % 5 < 3, today - 100 + 25 * answer - number / 10)
        kept.append(packed(practice))
    return kept
