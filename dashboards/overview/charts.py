"""The company's weeks as a chart."""

from datetime import timedelta

from django.utils.translation import gettext, ngettext

from accounts.templatetags.ui import short_date
from dashboards.overview.reading import line_of_trend
from reinforcement.progress.charts import Chart, Line, WeekTick, weekly_lines
from reinforcement.progress.figures import Figure
from reinforcement.progress.reading import in_percent
from reinforcement.published.figures import Company, Share, WeekTotal, trend_of


def trend_chart(found: Company) -> Chart | None:
    """Right answers and participation by week, every week from the first published one to the last; None for fewer than two weeks."""
    if len(found.weeks) < 2:
        return None
    published = {week.week_on: week for week in found.weeks}
    first, last = found.weeks[0].week_on, found.weeks[-1].week_on
    days = [first + timedelta(weeks=number) for number in range((last - first).days // 7 + 1)]
    weeks = [published.get(day, WeekTotal(day)) for day in days]
    lines = [_line(gettext("Right"), [week.share for week in weeks], is_chosen=True)]
    if any(week.participation.is_shown for week in weeks):
        lines.append(_line(gettext("Takes part"), [week.participation for week in weeks]))
    return weekly_lines(
        [WeekTick(day.isoformat(), short_date(day)) for day in days],
        lines,
        finding=line_of_trend(trend_of(found.weeks)),
        measured=gettext("Share right among the answers of a week, and of the questions in people's sets the share that was answered"),
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
