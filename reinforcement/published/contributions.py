"""What each person contributes to a figure of *right at last answer*, and what of it no published figure holds yet.

*Current proficiency* is published beside it, of the same people: what they contribute to the one is new when it is new in the other, for
both change with an answer. That it falls from night to night is nothing new.

Set-based: the rows of people are added up, compared and kept inside the database, whatever their number.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import connection

from reinforcement.progress.figures import MINIMUM_ANSWERS

# People with data on a competency, each with the team of the day. Parameters: `_people`.
_PEOPLE = """
FROM (
    SELECT last.member_id, last.competency_id, SUM(last.questions) AS questions, SUM(last."right") AS was_right
    FROM reinforcement_lastanswers last
    WHERE last.organization_id = %s
    GROUP BY last.member_id, last.competency_id
    HAVING SUM(last.questions) >= %s
) person
JOIN accounts_member member ON member.id = person.member_id AND member.organization_id = %s AND member.is_active
JOIN accounts_teammembership place ON place.member_id = person.member_id AND place.organization_id = %s
    AND place.started_on <= %s AND (place.ended_on IS NULL OR place.ended_on > %s)
"""

_STANDING = f"""
SELECT place.team_id, person.competency_id, COUNT(*), SUM(1.0 * person.was_right / person.questions),
    SUM(CASE WHEN kept.questions = person.questions AND kept."right" = person.was_right THEN 0 ELSE 1 END),
    COUNT(figure.id), COALESCE(SUM(figure.expected / figure.questions), 0),
    SUM(CASE WHEN figure.id IS NULL OR kept.questions = person.questions AND kept."right" = person.was_right THEN 0 ELSE 1 END)
{_PEOPLE}
LEFT JOIN reinforcement_contribution kept ON kept.member_id = person.member_id AND kept.competency_id = person.competency_id
    AND kept.organization_id = %s
LEFT JOIN reinforcement_proficiencyweek figure ON figure.member_id = person.member_id AND figure.competency_id = person.competency_id
    AND figure.organization_id = %s AND figure.is_current AND figure.questions > 0 AND figure.answers >= %s
GROUP BY place.team_id, person.competency_id
"""

_KEEP = f"""
INSERT INTO reinforcement_contribution (organization_id, member_id, competency_id, questions, "right")
SELECT member.organization_id, person.member_id, person.competency_id, person.questions, person.was_right
{_PEOPLE}
WHERE person.competency_id = %s AND place.team_id IN (TEAMS)
ON CONFLICT (member_id, competency_id) DO UPDATE SET questions = EXCLUDED.questions, "right" = EXCLUDED."right"
"""


@dataclass(frozen=True, slots=True)
class Standing:
    """People with data on a competency, the sum of their shares right, and how many contribute what no figure has shown.

    The same of those among them who have a figure of current proficiency.
    """

    team_id: int = 0
    competency_id: int = 0
    with_data: int = 0
    shares: float = 0.0
    new: int = 0
    current_with_data: int = 0
    current_shares: float = 0.0
    current_new: int = 0

    def __add__(self, other: "Standing") -> "Standing":
        return Standing(
            0,
            other.competency_id,
            self.with_data + other.with_data,
            self.shares + other.shares,
            self.new + other.new,
            self.current_with_data + other.current_with_data,
            self.current_shares + other.current_shares,
            self.current_new + other.current_new,
        )


def standing(organization_id: int, day: date) -> Iterator[Standing]:
    """By team of `day` and competency. One statement."""
    with connection.cursor() as cursor:
        cursor.execute(_STANDING, [*_people(organization_id, day), organization_id, organization_id, MINIMUM_ANSWERS])
        for team_id, competency_id, with_data, shares, new, current_with_data, current_shares, current_new in cursor.fetchall():
            current = (current_with_data, float(current_shares), int(current_new))
            yield Standing(team_id, competency_id, with_data, float(shares), int(new), *current)


def keep(organization_id: int, competency_id: int, team_ids: list[int], day: date) -> None:
    """Notes that a figure of these teams now holds what their people contribute. One statement.

    An answer that comes between the figure and this note is noted too early and then counts as shown: on the safe side.
    """
    statement = _KEEP.replace("TEAMS", ", ".join(["%s"] * len(team_ids)))
    with connection.cursor() as cursor:
        cursor.execute(statement, [*_people(organization_id, day), competency_id, *team_ids])


def _people(organization_id: int, day: date) -> list[Any]:
    return [organization_id, MINIMUM_ANSWERS, organization_id, organization_id, day, day]
