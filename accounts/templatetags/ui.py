"""Template tags of the design system."""

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


@register.filter
def minus(figure: float, other: float) -> float:
    """The difference, for a length that is drawn between two figures."""
    return figure - other
