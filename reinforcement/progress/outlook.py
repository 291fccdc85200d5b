"""Where one person stands now in a competency and how it goes on, as values. Pure."""

from dataclasses import dataclass
from datetime import datetime

from reinforcement.memory.proficiency import CURVE_DAYS, Proficiency


@dataclass(frozen=True, slots=True)
class Outlook:
    """Where one person stands now in a competency, and how it goes on from there.

    `unpractised` and `coming` are questions expected right on each of CURVE_DAYS from `counted_at`: without practice, and with the
    questions that come; `coming` is None where none will come. Both begin at `proficiency.expected`.
    """

    proficiency: Proficiency
    counted_at: datetime
    unpractised: tuple[float, ...]
    coming: tuple[float, ...] | None

    @property
    def has_data(self) -> bool:
        return self.proficiency.has_data

    @property
    def expected(self) -> int:
        return whole(self.proficiency.expected)

    @property
    def days(self) -> tuple["OutlookDay", ...]:
        """The coming days in whole questions. Raises ValueError where there is not enough data."""
        if not self.has_data:
            raise ValueError("not enough data")
        coming = self.coming or (None,) * len(CURVE_DAYS)
        return tuple(
            OutlookDay(day, whole(without), None if with_them is None else whole(with_them))
            for day, without, with_them in zip(CURVE_DAYS, self.unpractised, coming, strict=True)
        )


@dataclass(frozen=True, slots=True)
class OutlookDay:
    """Questions expected right `day` days from now; `coming` is None where no questions come."""

    day: int
    unpractised: int
    coming: int | None


def whole(questions: float) -> int:
    """Whole questions, halves upward."""
    return int(questions + 0.5)
