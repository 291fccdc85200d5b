"""What the pages of Today say: rows in, words out."""

from datetime import date, datetime, timedelta
from typing import Any

from django.utils import timezone
from django.utils.formats import date_format, number_format, time_format
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.dates import in_words, short_date
from accounts.models import Member
from reinforcement.daily.models import Answer, DailySet, DailySetItem
from reinforcement.daily.streak import Streak, streak_of
from reinforcement.questions.kinds.registry import kind
from reinforcement.today import queries
from reinforcement.today.calendar import Day, Delivery, WorkCalendar, next_set_on
from reinforcement.today.returning import is_by_value, long_date, return_of, returns_on
from reinforcement.today.ruler import ruler_marks
from reinforcement.today.strip import Tick, day_strip
from reinforcement.today.waiting import waiting_for

# How colleagues answered is shown from this many people on, and in steps of as many: an exact number beside another figure of the
# same answers would show those of the few that only one of them counts.
COLLEAGUES_AT_LEAST = 10
_STEPS = 20
_FRACTIONS = {0: "", 25: "¼", 33: "⅓", 50: "½", 67: "⅔", 75: "¾"}


def reason_of(item: DailySetItem, today: date, zone) -> str:
    """Why the question comes now, in one sentence."""
    before = item.remembered
    if before is None:
        return _why(item, _("New for you"))
    # Without practice: nothing was answered yet of what it means now. A new question that a late answer came for is not changed.
    if before.practice is None:
        return _("Changed since you last saw it, so it counts as new.")
    days = (today - timezone.localdate(before.last_answered_at, zone)).days
    seen = ngettext("Last seen %(days)d day ago", "Last seen %(days)d days ago", days) % {"days": days} if days else _("Seen today already")
    then = {
        Answer.Verdict.RIGHT: _("right then"),
        Answer.Verdict.PARTLY: _("partly right then"),
        Answer.Verdict.WRONG: _("not yet right then"),
    }
    return _why(item, _("%(seen)s, %(then)s") % {"seen": seen, "then": then[before.last_verdict]})


def _why(item: DailySetItem, seen: str) -> str:
    """The sentence that begins with when it was `seen`, and ends with what chose it where that is not its date."""
    if item.reason == DailySetItem.Reason.RANDOM:
        return _("%(seen)s; drawn by lot, so that what is remembered can be checked.") % {"seen": seen}
    if item.reason == DailySetItem.Reason.VALUE:
        return _("%(seen)s; it is among those that keep most when asked now, by answers and by what matters.") % {"seen": seen}
    return f"{seen}."


def verdict_word(verdict: str) -> str:
    words = {Answer.Verdict.RIGHT: _("Right"), Answer.Verdict.PARTLY: _("Partly right"), Answer.Verdict.WRONG: _("Not yet")}
    return words[Answer.Verdict(verdict)]


def verdict(member: Member, item: DailySetItem, answer: Answer, seen: queries.Seen) -> dict[str, Any]:
    """The verdict, how colleagues answered, when the question returns and why."""
    asked = kind(item.version.kind)
    people, shares = _shares(item)
    comes = return_of(member, item, answer, seen.rights_in_a_row)
    today = timezone.localdate(answer.answered_at, member.zone)
    marks = ruler_marks([timezone.localdate(moment, member.zone) for moment in seen.earlier], today, comes.on)
    return {
        "wording": item.wording,
        "kind": asked,
        "verdict": answer.verdict,
        "title": verdict_word(answer.verdict),
        "text": asked.say_partly(item.version.answer_key, answer.response) if answer.verdict == Answer.Verdict.PARTLY else "",
        "checked": asked.show_checked(item.wording.content, item.version.answer_key, answer.response, item.seed, shares),
        "none_right": answer.verdict == Answer.Verdict.WRONG,
        "people": people,
        "shares_pass_all": shares is not None and sum(item.chosen_by_colleagues.values()) > item.colleagues,
        "comes": comes,
        "marks": [
            {"at": mark.at, "kind": mark.kind, "label": _label(mark.kind, mark.on, is_now=today) if mark.is_labelled else ""}
            for mark in marks
        ],
        "ruler_words": _ruler_words(marks, today, comes_later=is_by_value(item)),
        "is_last": item.daily_set.answered >= item.daily_set.size,
    }


def _shares(item) -> tuple[int, dict[str, float] | None]:
    people = item.colleagues or 0
    if people < COLLEAGUES_AT_LEAST:
        return 0, None
    shares = {option: round(_STEPS * chosen / people) / _STEPS for option, chosen in item.chosen_by_colleagues.items()}
    return people // COLLEAGUES_AT_LEAST * COLLEAGUES_AT_LEAST, shares


def _label(mark_kind: str, day: date, *, is_now: date) -> str:
    if mark_kind == "now":
        return _("today") if day == timezone.localdate() else short_date(day)
    return short_date(day)


def _ruler_words(marks, today: date, *, comes_later: bool) -> str:
    seen = ", ".join(in_words(mark.on, "j F") for mark in marks if mark.kind == "past")
    if today == timezone.localdate():
        words = _("Seen on %(dates)s and today.") % {"dates": seen} if seen else _("Seen today.")
    else:
        words = _("Seen on %(dates)s.") % {"dates": ", ".join(filter(None, [seen, in_words(today, "j F")]))}
    for mark in marks:
        if mark.kind == "next":
            comes = _("Comes back from %(date)s on.") if comes_later else _("Comes back on %(date)s.")
            words += " " + comes % {"date": long_date(mark.on, today)}
    return words


def done(member: Member, daily_set: DailySet, now: datetime, *, is_by_link: bool) -> dict[str, Any]:
    """The end of the set: when the next one comes, the working days, today's answers, what waits."""
    today = timezone.localdate(now, member.zone)
    days = _days(member, today, from_day=max(today, daily_set.local_date) + timedelta(days=1))
    items = queries.answered_items(member, daily_set)
    credit = sum(item.answer.credit for item in items)
    waiting = [] if is_by_link else waiting_for(member)
    return {
        **days,
        "today": capfirst(long_date(today, today)),
        "titles": [_("Done for today."), days["next_words"]],
        "had": _("Today you had %(right)s of %(total)d") % {"right": _credit(credit), "total": daily_set.size},
        "items": [
            {
                "item": item,
                "prompt": item.wording.prompt,
                "verdict": item.answer.verdict,
                "word": verdict_word(item.answer.verdict),
                "comes": _comes(member, item),
            }
            for item in items
        ],
        "waiting": waiting,
        "waiting_minutes": sum(entry.minutes for entry in waiting),
    }


def nothing_today(member: Member, now: datetime) -> dict[str, Any]:
    """Why there is no set today, and when the next one comes."""
    today = timezone.localdate(now, member.zone)
    days = _days(member, today, from_day=today)
    calendar: WorkCalendar = days["calendar"]
    title, why = _why_nothing(member, today, calendar, days["deliveries"], days["next_on"])
    is_paused = calendar.kind_of(today) is Day.PAUSE
    titles = [title] if days["next_on"] == today or not days["deliveries"] or not member.is_seller else [title, days["next_words"]]
    return {**days, "today": capfirst(long_date(today, today)), "titles": titles, "why": why, "is_paused": is_paused}


def _why_nothing(member: Member, today: date, calendar: WorkCalendar, deliveries: list[Delivery], next_on: date | None) -> tuple[str, str]:
    """A title and a sentence."""
    if not member.is_seller:
        return _("No set for you."), _("Questions come to sellers, and you are not one here.")
    day = calendar.kind_of(today)
    # On a free day too: what keeps the questions away is not the day.
    if not deliveries and day is not Day.PAUSE:
        why = _("Ask your manager or an author to add you to one. Once it has started, its questions come here on your working days.")
        return _("No program yet."), why
    match day:
        case Day.PAUSE:
            return _("You are paused."), _("No questions come, and your days in a row stay as they are.")
        case Day.WEEKDAY_OFF:
            return _("No set today."), _("%(weekday)s is not one of your working days.") % {"weekday": capfirst(date_format(today, "l"))}
        case Day.HOLIDAY:
            return _("No set today."), _("It is a holiday: %(name)s.") % {"name": calendar.holidays[today]}
        case Day.DAY_OFF:
            return _("No set today."), _("It is your day off. It does not count, and nothing waits up.")
    if next_on == today:
        return _("Your set is on its way."), _("It is here in a few minutes. Load this page again.")
    starts_on = min(delivery.first_on for delivery in deliveries)
    if starts_on > today:
        return _("Your program has not started."), _("It starts on %(date)s.") % {"date": long_date(starts_on, today)}
    return _("No set today."), _("None of your questions is due. That is how it should be: the gaps grow.")


def _days(member: Member, today: date, *, from_day: date) -> dict[str, Any]:
    """What Done and the page without a set share: the next set, the strip of days, the streak. Four statements."""
    set_days = queries.set_days(member)
    # A set that was made before its day was noted as free stands as a day without one.
    sets = {day.local_date: day.is_completed for day in set_days if day.is_completed or not day.is_free}
    calendar, deliveries = queries.calendar_of(member, today), queries.deliveries_of(member)
    next_on = next_set_on(calendar, deliveries, from_day) if member.is_seller and member.is_active else None
    strip = day_strip(sets, calendar, today, next_on)
    streak = streak_of(set_days)
    return {
        "calendar": calendar,
        "deliveries": deliveries,
        "next_on": next_on,
        "next_words": _next_words(member, today, next_on),
        "days": [{"letter": date_format(tick.day, "D")[0].upper(), "state": tick.state} for tick in strip] if sets else [],
        "days_words": _strip_words(strip, today),
        **_streak_words(streak, sets, calendar, today),
    }


def _next_words(member: Member, today: date, next_on: date | None) -> str:
    if next_on is None:
        return _("No next set is planned.")
    when = {"hour": time_format(member.preferred_hour, "G:i"), "date": long_date(next_on, today)}
    if next_on == today + timedelta(days=1):
        return _("The next set is tomorrow, %(hour)s.") % when
    return _("The next set is on %(date)s, %(hour)s.") % when


def _strip_words(strip: list[Tick], today: date) -> str:
    past = [tick.state for tick in strip if tick.day <= today]
    done_days = past.count("done") + past.count("now")
    words = [ngettext("%(days)d set done", "%(days)d sets done", done_days) % {"days": done_days}]
    if missed := past.count("missed"):
        words.append(ngettext("%(days)d not finished", "%(days)d not finished", missed) % {"days": missed})
    if off := past.count("off"):
        words.append(ngettext("%(days)d day without a set", "%(days)d days without a set", off) % {"days": off})
    return _("Your days since %(date)s: %(what)s") % {"date": date_format(strip[0].day, "j F"), "what": ", ".join(words)}


def _streak_words(streak: Streak, sets: dict[date, bool], calendar: WorkCalendar, today: date) -> dict[str, str]:
    row = ngettext("%(days)d working day in a row.", "%(days)d working days in a row.", streak.current) % {"days": streak.current}
    side = []
    if away := _last_day_away(sets, calendar, today):
        side.append(away)
    if streak.longest > streak.current:
        side.append(_("Your longest run is %(days)d.") % {"days": streak.longest})
    elif streak.current > 1:
        side.append(_("That is your longest run."))
    return {"streak": row if streak.current else "", "streak_side": " ".join(side)}


def _last_day_away(sets: dict[date, bool], calendar: WorkCalendar, today: date) -> str:
    """The last working weekday of the past week that was a day off or a holiday, named as such."""
    for back in range(1, 8):
        day = today - timedelta(days=back)
        named = {"date": date_format(day, "l j F")}
        if day in sets:
            continue
        match calendar.kind_of(day):
            case Day.DAY_OFF:
                return capfirst(_("%(date)s was your day off and does not count.") % named)
            case Day.HOLIDAY:
                return capfirst(_("%(date)s was a holiday and does not count.") % named)
    return ""


def _comes(member: Member, item: DailySetItem) -> str:
    on = returns_on(member, item, item.answer)
    if on is not None and item.program.ends_on is not None and on > item.program.ends_on:
        return _("Does not come back before the program ends.")
    if on is not None:
        back = _("Back from %(date)s on.") if is_by_value(item) else _("Back on %(date)s.")
        return back % {"date": date_format(on, "j F")}
    return _("Does not come back by itself.") if item.answer.retires else _("Comes back as a new question.")


def _credit(credit: float) -> str:
    """ "2½": whole and a fraction where there is one sign for it, else one decimal."""
    whole, hundredths = divmod(round(credit * 100), 100)
    if hundredths not in _FRACTIONS:
        return number_format(credit, 1)
    fraction = _FRACTIONS[hundredths]
    return f"{whole or ''}{fraction}" if fraction else str(whole)
