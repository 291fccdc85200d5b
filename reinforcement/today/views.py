"""Today: one question a screen, its verdict, and the end of the set."""

from functools import partial
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe
from django.views.decorators.vary import vary_on_headers
from django_htmx.http import HttpResponseClientRedirect, push_url

from reinforcement.daily import services
from reinforcement.daily.models import Answer, DailySet, DailySetItem
from reinforcement.questions.kinds.base import ResponseError
from reinforcement.questions.kinds.registry import kind
from reinforcement.today import pages, queries
from reinforcement.today.visitors import Visitor, visited


@require_safe
@visited
def today(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    """The next question of the current set; after the last one Done; without a set, why and until when."""
    now = timezone.now()
    daily_set = visitor.opened or services.current_set(visitor.member)
    if daily_set is not None and now - daily_set.prepared_at <= services.OPEN_FOR:
        item = queries.next_item(visitor.member, daily_set) if daily_set.answered < daily_set.size else None
        if item is not None:
            item.daily_set = daily_set
            return _ask(request, visitor, item, chosen=_chosen_in_mail(request, item))
        if visitor.opened or daily_set.local_date >= timezone.localdate(now, visitor.member.zone):
            return _done(request, visitor, daily_set)
    return render(request, "reinforcement/today/nothing.html", pages.nothing_today(visitor.member, now))


@require_http_methods(["GET", "HEAD", "POST"])
@vary_on_headers("HX-Request")
@visited
def question(request: HttpRequest, visitor: Visitor, key) -> HttpResponse:
    """One item of a set of one's own: its question until it is answered, its verdict from then on. POST answers."""
    item = queries.item_of(visitor.member, key)
    if item is None or (visitor.opened and item.daily_set_id != visitor.opened.pk):
        raise Http404
    if request.method == "POST":
        return _answer(request, visitor, item)
    if item.has_answer:
        return _show_standing(request, visitor, item, item.answer)
    if timezone.now() - item.daily_set.prepared_at > services.OPEN_FOR:
        return render(request, "reinforcement/today/closed.html", status=410)
    return _ask(request, visitor, item)


def _answer(request: HttpRequest, visitor: Visitor, item: DailySetItem) -> HttpResponse:
    judging = kind(item.version.kind)
    # Two people in one request, the reader and the one of the link, are read already: the verdict is a request of its own.
    stays = bool(request.htmx) and not (visitor.opened and request.member)
    try:
        response = judging.read_response(request.POST, item.wording.content)
        confidence = _confidence(request)
    except ResponseError as error:
        if not item.has_answer:
            return _ask(request, visitor, item, chosen=request.POST.getlist("answer"), error=error.message, status=422)
        response, confidence = {}, ""
    try:
        beside = queries.answers_before(visitor.member, item) if stays and not item.has_answer else None
        answered = services.answer(visitor.member, item, response, confidence=confidence, beside=beside)
    except services.SetClosed:
        return _go_to(request, item)
    if answered.is_replay and answered.answer.response != response:
        messages.info(request, _("You answered this question before. The first answer counts."))
    if not stays:
        return _go_to(request, item)
    if not answered.is_replay:
        item.daily_set.answered += 1
        seen = queries.seen_with(visitor.member, item, answered)
        return push_url(_show_verdict(request, visitor, item, answered.answer, seen), request.path)
    if not item.has_answer:
        # Another request answered while this one ran: what was read of the set before is no longer true.
        item = queries.item_of(visitor.member, item.key) or item
    return push_url(_show_standing(request, visitor, item, answered.answer), request.path)


def _confidence(request: HttpRequest) -> str:
    confidence = request.POST.get("confidence", "")
    if confidence and confidence not in Answer.Confidence.values:
        raise ResponseError(_("Choose how sure you are from the three, or leave it open."))
    return confidence


def _chosen_in_mail(request: HttpRequest, item: DailySetItem) -> list[str]:
    """What was pressed in the mail, when this is the question that the mail asked. It is ticked, never sent, by a GET."""
    if request.GET.get("question", "1") != str(item.position + 1):
        return []
    return request.GET.getlist("choose")[:1]


def _address(item: DailySetItem) -> str:
    return reverse("reinforcement:today_question", args=[item.key])


def _go_to(request: HttpRequest, item: DailySetItem) -> HttpResponse:
    return HttpResponseClientRedirect(_address(item)) if request.htmx else redirect(_address(item))


def _ask(request: HttpRequest, visitor: Visitor, item: DailySetItem, *, chosen=(), error="", status=200) -> HttpResponse:
    asked = kind(item.version.kind)
    context: dict[str, Any] = {
        **_frame(visitor, item),
        "wording": item.wording,
        "kind": asked,
        "shown": asked.show(item.wording.content, item.seed),
        "reason": pages.reason_of(item, timezone.localdate(timezone=visitor.member.zone), visitor.member.zone),
        "reason_icon": "refresh" if item.remembered else "idea",
        "chosen": chosen,
        "posted": request.POST,
        "error": error,
        "extra": "reinforcement/today/_confidence.html",
        "confidences": Answer.Confidence.choices,
        "confidence": request.POST.get("confidence", ""),
        "answer_url": _address(item),
    }
    template = "_asking" if request.htmx else "question"
    return render(request, f"reinforcement/today/{template}.html", context, status=status)


def _show_standing(request: HttpRequest, visitor: Visitor, item: DailySetItem, answer: Answer) -> HttpResponse:
    return _show_verdict(request, visitor, item, answer, queries.seen_before(visitor.member, item, answer))


def _show_verdict(request: HttpRequest, visitor: Visitor, item: DailySetItem, answer: Answer, seen: queries.Seen) -> HttpResponse:
    context = {**_frame(visitor, item), **pages.verdict(visitor.member, item, answer, seen)}
    template = "_verdict" if request.htmx else "verdict"
    return render(request, f"reinforcement/today/{template}.html", context)


def _done(request: HttpRequest, visitor: Visitor, daily_set: DailySet) -> HttpResponse:
    context = {
        "visitor": visitor,
        "brand": visitor.member.organization.name,
        **pages.done(visitor.member, daily_set, timezone.now(), is_by_link=visitor.opened is not None),
    }
    return render(request, "reinforcement/today/done.html", context)


def _frame(visitor: Visitor, item: DailySetItem) -> dict[str, Any]:
    """What stands around a question and its verdict."""
    total, place = item.daily_set.size, item.position
    return {
        "visitor": visitor,
        "position": place + 1,
        "total": total,
        "ticks": ["done"] * place + ["now"] + ["later"] * (total - place - 1),
        "leave_url": partial(reverse, "home" if visitor.opened else "reinforcement:progress"),
        "has_shortcuts": visitor.member.uses_shortcuts,
    }
