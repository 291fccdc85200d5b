"""Template tags of the design system: small pieces that stand many times on a page, which as a template would cost twice as much."""

from functools import lru_cache

from django import template
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString

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


@register.filter
def minus(figure: float, other: float) -> float:
    """The difference, for a length that is drawn between two figures."""
    return figure - other
