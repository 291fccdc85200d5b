"""When a question comes back, and why, in words."""

from dataclasses import dataclass, replace
from datetime import date

from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.dates import in_words
from accounts.models import Member
from reinforcement.daily.models import Answer, DailySetItem
from reinforcement.programs.models import Program
from reinforcement.today.calendar import shift_to_working_day


@dataclass(frozen=True)
class Return:
    """`on` is the date, None where the question does not come back by itself."""

    on: date | None
    title: str
    reason: str


def long_date(day: date, today: date) -> str:
    """ "Monday 7 December", with the year where it is another one."""
    return in_words(day, "l j F" if day.year == today.year else "l j F Y")


def returns_on(member: Member, item: DailySetItem, answer: Answer) -> date | None:
    """The first day from the due date on that is a working day of the member and of the program."""
    if answer.due_on is None:
        return None
    return shift_to_working_day(answer.due_on, member.working_days, item.program.weekdays)


def return_of(member: Member, item: DailySetItem, answer: Answer, rights_in_a_row: int) -> Return:
    """What the rule decided when the answer was given, and that the lot may come before it; `rights_in_a_row` counts with this answer."""
    by_rule = _return_by_rule(member, item, answer, rights_in_a_row)
    if item.program.mode != Program.Mode.ADAPTIVE:
        return by_rule
    # Some places are filled from all questions of the program, also for who is asked by date for comparison.
    by_lot = _("By lot it may come before that.") if by_rule.on else _("By lot it may come again.")
    return replace(by_rule, reason=f"{by_rule.reason} {by_lot}")


def _return_by_rule(member: Member, item: DailySetItem, answer: Answer, rights_in_a_row: int) -> Return:
    answered_on = localdate(answer.answered_at, member.zone)
    on = returns_on(member, item, answer)
    if on is not None and item.program.ends_on is not None and on > item.program.ends_on:
        return Return(
            None,
            _("It does not come back before the program ends"),
            _("The program ends on %(date)s, before it would return.") % {"date": long_date(item.program.ends_on, answered_on)},
        )
    if on is not None:
        if is_by_value(item):
            return Return(on, _("Back from %(date)s on") % {"date": long_date(on, answered_on)}, _when_it_keeps_most(answer))
        title = _("Back on %(date)s") % {"date": long_date(on, answered_on)}
        return Return(
            on, title, _("%(days)s: %(why)s") % {"days": _in_days((on - answered_on).days), "why": _why(item, answer, rights_in_a_row)}
        )
    if not answer.retires:
        return Return(
            None, _("It comes back as a new question"), _("It was changed after you got it, so this answer does not set its date.")
        )
    if item.program.mode == Program.Mode.ONCE:
        return Return(None, _("It does not come back"), _("This program asks every question one time."))
    return Return(None, _("Mastered"), _mastered(rights_in_a_row))


def is_by_value(item: DailySetItem) -> bool:
    """Whether the item's question comes again when asking it gains most, at the earliest on the day that its answer sets."""
    return item.program.mode == Program.Mode.ADAPTIVE and not item.is_fixed


def _when_it_keeps_most(answer: Answer) -> str:
    after = {
        Answer.Verdict.RIGHT: _("Right, so it rests a while; then it comes when asking it keeps most."),
        Answer.Verdict.PARTLY: _("You knew a part of it, so it rests a short while; then it comes when asking it keeps most."),
        Answer.Verdict.WRONG: _("Not yet right, so it rests a short while; then it comes when asking it keeps most."),
    }
    return after[Answer.Verdict(answer.verdict)]


def _in_days(days: int) -> str:
    return ngettext("In %(days)d day", "In %(days)d days", days) % {"days": days}


def _why(item: DailySetItem, answer: Answer, rights_in_a_row: int) -> str:
    is_sooner = item.program.days_after_wrong < item.program.days_after_right
    if answer.verdict == Answer.Verdict.WRONG:
        if answer.is_first:
            return _("not yet right the first time.")
        if is_sooner:
            return _("not yet right this time, so it comes back sooner than after a right answer.")
        return _("not yet right this time.")
    if answer.verdict == Answer.Verdict.PARTLY:
        if is_sooner:
            return _("you knew a part of it, so it comes back sooner than after a right answer.")
        return _("you knew a part of it.")
    missing = max(item.program.rights_to_retire - rights_in_a_row, 1)
    return ngettext(
        "right. Once more in a row and it is mastered.", "right. %(times)d times more in a row and it is mastered.", missing
    ) % {"times": missing}


def _mastered(rights_in_a_row: int) -> str:
    if rights_in_a_row <= 1:
        return _("Right. It does not come back by itself.")
    if rights_in_a_row == 2:
        return _("Right twice in a row. It does not come back by itself.")
    return _("Right %(times)d times in a row. It does not come back by itself.") % {"times": rights_in_a_row}
