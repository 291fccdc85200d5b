"""The page behind each prediction: how well answers were predicted."""

from datetime import date

from django.http import Http404
from django.shortcuts import render
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from accounts.signin.decorators import member_required
from reinforcement.reliability import figures, queries
from reinforcement.reliability.drawing import reliability_diagram
from reinforcement.reliability.reading import headline, in_words, read_bins, read_notice


@require_safe
@member_required
@cache_control(private=True, no_cache=True)
def reliability(request):
    """Open to every member: it says how well the models do, and nothing of a person."""
    page = _page_asked_for(request)
    notice = page.notice
    context = {
        "page": page,
        "headline": headline(page.latest.shown, is_apart=page.latest.is_apart),
        "sentence": in_words(page.latest.shown),
        "notice": read_notice(notice.predicted, notice.right) if notice else "",
        "diagram": reliability_diagram(page.bins),
        "finding": read_bins(page.bins),
        "least_answers": figures.LEAST_ANSWERS,
        "least_in_a_bin": figures.LEAST_IN_A_BIN,
        "least_for_rmse": figures.LEAST_FOR_RMSE,
        "whole_from": figures.WHOLE_FROM,
        "step": figures.STEP,
        "minimum": request.member.organization.small_group_minimum,
    }
    return render(request, "reinforcement/reliability.html", context)


def _page_asked_for(request) -> queries.Page:
    asked = request.GET.get("week")
    try:
        return queries.page_of(request.member, date.fromisoformat(asked) if asked else None)
    except (ValueError, queries.NoSuchWeek):
        raise Http404 from None
