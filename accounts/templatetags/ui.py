"""Template tags of the design system: small pieces that stand many times on a page, which as a template would cost twice as much."""

from functools import lru_cache

from django import template
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from accounts.dates import short_date, short_date_with_year

register = template.Library()
register.filter(short_date)
register.filter(short_date_with_year)


@register.simple_tag
@lru_cache(maxsize=500)
def icon(name: str, classes: str = "") -> SafeString:
    """The icon `name` of the sprite, hidden from screen readers: the words beside it say what it means."""
    return format_html(
        '<svg class="icon{}" aria-hidden="true"><use href="{}#{}"/></svg>',
        f" {classes}" if classes else "",
        static("vendor/icons.svg"),
        name,
    )


_SHAPES = {"right": "check", "missed": "check", "wrong": "x"}


@register.simple_tag
@lru_cache(maxsize=500)
def shape(verdict: str, key: str = "") -> SafeString:
    """The shape of a verdict ("right", "missed", "partly", "wrong", or "none" with the letter `key`); the word stands beside it."""
    inside = icon(_SHAPES[verdict]) if verdict in _SHAPES else key
    return format_html('<span class="shape {}" aria-hidden="true">{}</span>', verdict, inside)


@register.simple_tag
@lru_cache(maxsize=500)
def bar(share: int, tone: str) -> SafeString:
    """A share in whole per cent as a thin bar of a tone ("fill", "right", "mine"); its figure stands beside it."""
    return format_html(
        '<svg class="bar" aria-hidden="true"><rect class="bar-rest" width="100%" height="6"/>'
        '<rect class="bar-{}" width="{}%" height="6" rx="3"/></svg>',
        tone,
        share,
    )


# Class, and the place of the upper end, of a mark of each kind.
_TICKS = {"past": ("tick-past", 22), "now": ("tick", 14), "next": ("tick-next", 10)}


@register.simple_tag
@lru_cache(maxsize=2_000)
def ruler_mark(at: float, kind: str, label: str = "") -> SafeString:
    """One date on a ruler, "past", "now" or "next", at per cent of its width; words near an end stay within it."""
    tick, top = _TICKS[kind]
    line = format_html('<line class="{}" x1="{}%" x2="{}%" y1="{}" y2="38"/>', tick, at, at, top)
    if not label:
        return line
    place = mark_safe('x="0" text-anchor="start"') if at < 8 else mark_safe('x="100%" text-anchor="end"') if at > 88 else None
    strong = "" if kind == "past" else mark_safe(' class="strong"')
    return format_html('{}<text{} {} y="60">{}</text>', line, strong, place or format_html('x="{}%" text-anchor="middle"', at), label)


@register.simple_tag
def checked(verdict: str, text: str, key: str = "", share: int | None = None, word: str = "", feedback: str = "") -> SafeString:
    """One answer after checking, in a list: its shape and `word`, its text, and how many chose it.

    `verdict` is "right", "missed", "wrong" or "none" (with the letter `key`), `share` in whole per cent of colleagues, None when too
    few answered. `word` is given only where it is not the usual one of the verdict.
    """
    word = word or _words_of(verdict)
    return format_html(
        '<li class="checked {}">{}<div>{}<div class="prose">{}</div>{}</div>{}</li>',
        verdict,
        shape(verdict, key),
        format_html('<span class="word">{}</span>', word) if word else "",
        text,
        format_html('<div class="prose small-text quiet-text">{}</div>', feedback) if feedback else "",
        "" if share is None else _share_of(share, "right" if verdict in {"right", "missed"} else "fill"),
    )


def _words_of(verdict: str) -> str:
    match verdict:
        case "right":
            return _("You chose this, right")
        case "missed":
            return _("Also right")
        case "wrong":
            return _("You chose this, not yet")
    return ""


@lru_cache(maxsize=500)
def _share_of(share: int, tone: str) -> SafeString:
    return format_html('<span class="share">{}&nbsp;%</span>{}', share, bar(share, tone))


@register.filter
def minus(figure: float, other: float) -> float:
    """The difference, for a length that is drawn between two figures."""
    return figure - other
