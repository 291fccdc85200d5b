"""What adaptive programs ask today: rows of a batch of members into columns, and the choice of memory/policy.py.

Like the planner, which calls it, it reads set-wise: a few statements for a batch, whatever the number of members. numpy: workers only.
"""

import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime

import numpy as np
from django.db import connection

from reinforcement.memory import store
from reinforcement.memory.packing import DAY_SECONDS
from reinforcement.memory.policy import OPEN_HORIZON, WEIGHT_NOW, Candidates, choose, days_between, draw, values
from reinforcement.memory.prior import unknown_item
from reinforcement.memory.unpacking import NO_PRACTICE, PRACTICE
from reinforcement.programs.resting import may_be_asked

# Pairs whose worth is reckoned at once: on the way some hundred bytes for each.
PAIRS_AT_ONCE = 50_000

_LINES = """
WITH RECURSIVE weighty AS (
    SELECT id FROM reinforcement_competency WHERE matters_now
    UNION
    SELECT below.id FROM reinforcement_competency below JOIN weighty ON weighty.id = below.parent_id)
SELECT valuable.organization_id, valuable.program_id, valuable.starts_on, valuable.ends_on, valuable.new_per_day, valuable.competency_id,
       known.easiness, valuable.difficulty, weighty.id IS NOT NULL
FROM valuable
LEFT JOIN weighty ON weighty.id = valuable.competency_id
LEFT JOIN reinforcement_questioneasiness known
     ON known.question_id = valuable.question_id AND known.is_current AND known.meaning_since = valuable.meaning_since
ORDER BY valuable.line
"""
# The lines of an offer are neighbours.
_MEMBERS = """
SELECT owed.member_id, owed.local_date, owed.cap, COALESCE(state.ability, 0), lines.first, lines.number
FROM owed
JOIN (SELECT offer, MIN(line) AS first, COUNT(*) AS number FROM valuable GROUP BY offer) lines ON lines.offer = owed.offer
LEFT JOIN reinforcement_learnerstate state ON state.member_id = owed.member_id
ORDER BY owed.member_id
"""
_SKILLS = """
SELECT skill.member_id, skill.competency_id, skill.ability
FROM owed JOIN reinforcement_competencystate skill ON skill.member_id = owed.member_id
WHERE owed.offer IN (SELECT offer FROM valuable)
"""
# Every question that does not rest, for every member. What was mastered in a program of another mode may be asked again here. That states
# are of these members follows from the join; said once more, the database may read their range alone.
_PAIRS = """
SELECT owed.member_id, valuable.line, COALESCE(state.practice, {none}) AS practice
FROM owed JOIN valuable ON valuable.offer = owed.offer AND valuable.is_fixed = 0
LEFT JOIN reinforcement_memorystate state ON state.member_id = owed.member_id AND state.question_id = valuable.question_id
     AND state.member_id BETWEEN {first} AND {last}
WHERE {may_be_asked}
"""
# A row as COPY writes it: how many columns, and each of them after its length. Before the first row a head, after the last an end.
_COPIED = np.dtype(
    [
        ("columns", ">i2"),
        *[("of_member", ">i4"), ("member", ">i8"), ("of_line", ">i4"), ("line", ">i8"), ("of_practice", ">i4"), ("practice", PRACTICE)],
    ]
)
_COPY_HEAD, _COPY_END = 19, 2


@dataclass(frozen=True)
class Asked:
    """A question that a member is asked: on which `line` of the table `valuable` it stands, and its place, from 0 on."""

    member_id: int
    line: int
    place: int
    is_new: bool
    is_drawn: bool


@dataclass(frozen=True)
class _Lines:
    """The table `valuable` as columns; a line's number is its place."""

    organization: Sequence[int]
    program: np.ndarray
    starts_on: Sequence[date]
    ends_on: Sequence[date | None]
    new_per_day: np.ndarray
    competency: np.ndarray
    easiness: np.ndarray
    weight: np.ndarray


@dataclass(frozen=True)
class _Members:
    """Who of the table `owed` has adaptive programs, in the order of their keys."""

    key: np.ndarray
    local_date: np.ndarray
    cap: np.ndarray
    ability: np.ndarray
    first_line: np.ndarray
    lines: np.ndarray


def choose_valuable(now: datetime, randomness: np.random.Generator) -> list[Asked]:
    """What the members in the temporary table `owed` are asked of the questions in `valuable`, best first for each member.

    What is drawn by lot comes from all of a member's lines, also of programs that the member has by date for comparison.
    """
    lines, members = _lines(), _members()
    member, line, practice = _pairs(members)
    # In the order of the program: so comes what is worth the same.
    member, line, practice = (column[np.argsort(line, kind="stable")] for column in (member, line, practice))
    whose = np.searchsorted(members.key, member)
    worth = _worth(lines, members, whose, line, practice, now)
    drawing, number = draw(members.key, members.local_date, members.cap, members.lines)
    drawn = drawing * len(lines.program) + members.first_line[drawing] + number
    is_drawn = np.isin(whose * len(lines.program) + line, drawn)
    # What rests, and what comes by date, is drawn too.
    others = np.setdiff1d(drawn, whose * len(lines.program) + line)
    whose, line = (np.append(*columns) for columns in ((whose, others // len(lines.program)), (line, others % len(lines.program))))
    is_new = np.append(practice["answers"] == 0, np.zeros(len(others), dtype=bool))
    is_drawn = np.append(is_drawn, np.ones(len(others), dtype=bool))
    worth = np.append(worth, np.full(len(others), -np.inf))
    program, most_new = lines.program[line], lines.new_per_day[line]
    chosen = choose(worth, whose, program, is_new, is_drawn, members.cap[whose], most_new, randomness)
    asked = chosen.pairs
    columns = (members.key[whose[asked]], line[asked], chosen.places, is_new[asked], is_drawn[asked])
    return [Asked(*row) for row in zip(*[column.tolist() for column in columns], strict=True)]


def _worth(lines: _Lines, members: _Members, whose: np.ndarray, line: np.ndarray, practice: np.ndarray, now: datetime) -> np.ndarray:
    """What asking each pair is worth."""
    ability = members.ability[whose] + _skills(members, whose, lines.competency[line])
    worth = np.empty(len(whose))
    models = store.all_in_force(lines.organization)
    for first, part in _parts(lines.program[line], members.local_date[whose]):
        length, ahead = _days(lines, line[first], date.fromordinal(members.local_date[whose[first]]))
        worth[part] = values(
            models[lines.organization[line[first]]].trace,
            _candidates(practice[part], ability[part], lines.easiness[line[part]], lines.weight[line[part]]),
            now.timestamp() / DAY_SECONDS,
            ahead,
            days_between(length),
        )
    return worth


def _days(lines: _Lines, line: int, today: date) -> tuple[float | None, float]:
    """The length of the line's program, None without an end, and for how many days from today recall counts."""
    ends_on = lines.ends_on[line]
    if ends_on is None:
        return None, OPEN_HORIZON
    return (ends_on - lines.starts_on[line]).days, (ends_on - today).days


def _candidates(practice: np.ndarray, ability: np.ndarray, easiness: np.ndarray, weight: np.ndarray) -> Candidates:
    return Candidates(
        answers=practice["answers"].astype(float),
        rights=practice["rights"].astype(float),
        last_right=practice["run"] > 0,
        at=practice["at"],
        tried=practice["tried"],
        rights_left=practice["rights_left"],
        ability=ability,
        easiness=easiness,
        weight=weight,
    )


def _parts(programs: np.ndarray, dates: np.ndarray) -> Iterator[tuple[int, np.ndarray]]:
    """The pairs of each program and date, at most PAIRS_AT_ONCE of them at once; the first of them, and all."""
    order = np.lexsort((dates, programs))
    ends = np.flatnonzero((np.diff(programs[order]) != 0) | (np.diff(dates[order]) != 0)) + 1
    for same in np.split(order, ends):
        for start in range(0, len(same), PAIRS_AT_ONCE):
            part = same[start : start + PAIRS_AT_ONCE]
            yield int(part[0]), part


def _rows(statement: str) -> list[tuple]:
    with connection.cursor() as cursor:
        cursor.execute(statement)
        return cursor.fetchall()


def _lines() -> _Lines:
    organization, program, starts_on, ends_on, new_per_day, competency, known, difficulty, is_weighty = zip(*_rows(_LINES), strict=True)
    easiness = [unknown_item(guess).easiness if found is None else found for found, guess in zip(known, difficulty, strict=True)]
    return _Lines(
        organization,
        np.array(program),
        _dates(starts_on),
        _dates(ends_on),
        np.array(new_per_day),
        np.array(competency),
        np.array(easiness),
        np.where(np.array(is_weighty, dtype=bool), WEIGHT_NOW, 1.0),
    )


def _members() -> _Members:
    columns = list(zip(*_rows(_MEMBERS), strict=True)) or [()] * 6
    key, local_date, cap, ability, first_line, number = columns
    days = np.array([day.toordinal() for day in _dates(local_date)], dtype=int)
    counts = [np.array(column, dtype=int) for column in (key, cap, first_line, number)]
    return _Members(counts[0], days, counts[1], np.array(ability, dtype=float), *counts[2:])


def _dates(column: Sequence) -> list:
    """The dates of a column; SQLite keeps them as texts."""
    return [date.fromisoformat(day) if isinstance(day, str) else day for day in column]


def _skills(members: _Members, whose: np.ndarray, competency: np.ndarray) -> np.ndarray:
    """The ability of each pair's member in its competency, beside the general one; 0 where there is no record."""
    found = np.array(_rows(_SKILLS), dtype=float).reshape(-1, 3)
    if not len(found):
        return np.zeros(len(whose))
    width = int(max(competency.max(initial=0), found[:, 1].max())) + 1
    kept = np.searchsorted(members.key, found[:, 0]) * width + found[:, 1].astype(int)
    order = np.argsort(kept)
    kept, abilities = kept[order], found[order, 2]
    wanted = whose * width + competency
    place = np.minimum(np.searchsorted(kept, wanted), len(kept) - 1)
    return np.where(kept[place] == wanted, abilities[place], 0.0)


def _pairs(members: _Members) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Member, line and practice of each pair that may be asked."""
    parts = {"first": members.key[0], "last": members.key[-1], "may_be_asked": may_be_asked()}
    if connection.vendor == "postgresql":
        copied = io.BytesIO()
        statement = _PAIRS.format(none=f"'\\x{NO_PRACTICE.hex()}'::bytea", **parts)
        with connection.cursor() as cursor:
            # Of a batch a twentieth of a large table is read; where rows lie in no order, its statistics would have all of it read.
            cursor.execute("SELECT set_config('enable_seqscan', 'off', true), set_config('work_mem', '64MB', true)")
            cursor.copy_expert(f"COPY ({statement}) TO STDOUT (FORMAT binary)", copied)
            cursor.execute("SELECT set_config('enable_seqscan', 'on', true)")
        pairs = np.frombuffer(copied.getbuffer()[_COPY_HEAD:-_COPY_END], dtype=_COPIED)
        return pairs["member"].astype(int), pairs["line"].astype(int), pairs["practice"]
    rows = _rows(_PAIRS.format(none=f"x'{NO_PRACTICE.hex()}'", **parts))
    practice = np.frombuffer(b"".join(row[2] for row in rows), dtype=PRACTICE)
    return np.array([row[0] for row in rows], dtype=int), np.array([row[1] for row in rows], dtype=int), practice
