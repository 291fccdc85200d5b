"""The company's weeks as a chart."""

from django.utils.translation import gettext, ngettext

from accounts.templatetags.ui import short_date
from reinforcement.progress.charts import Chart, Line, WeekTick, weekly_lines
from reinforcement.progress.figures import Figure
from reinforcement.progress.reading import in_percent, read_weeks
from reinforcement.published.figures import Company, Share


def trend_chart(found: Company) -> Chart | None:
    """Right answers and participation by week, every week from the first published one to the last; None for fewer than two weeks."""
    if len(found.weeks) < 2:
        return None
    weeks = found.every_week
    measured = gettext("Share right among the answers of a week")
    lines = [_line(gettext("Right"), [week.share for week in weeks], is_chosen=True)]
    if any(week.participation.is_shown for week in weeks):
        measured = gettext("Share right among the answers of a week, and of the questions in people's sets the share that was answered")
        lines.append(_line(gettext("Participation"), [week.participation for week in weeks]))
    return weekly_lines(
        [WeekTick(week.week_on.isoformat(), short_date(week.week_on)) for week in weeks],
        lines,
        finding=read_weeks(found.right_by_week),
        measured=measured,
    )


def _line(name: str, shares: list[Share], *, is_chosen: bool = False) -> Line:
    return Line(name, tuple(_figure(share) for share in shares), tuple(_words(share) for share in shares), is_chosen=is_chosen)


def _figure(share: Share) -> Figure:
    return Figure(share.percent, 100) if share.is_shown else Figure()


def _words(share: Share) -> str:
    if share.people is None:
        return ""
    return ngettext("%(share)s, %(people)d person", "%(share)s, %(people)d people", share.people) % {
        "share": in_percent(share.percent),
        "people": share.people,
    }
