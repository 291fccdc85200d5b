"""Template tags of questions."""

from django import template
from django.utils.safestring import SafeString, mark_safe

from reinforcement.questions.rich_text import clean_html, to_plain_text

register = template.Library()


@register.filter
def rich(text) -> SafeString:
    """Rich text for the page, cleaned once more: a row that came another way than the author's form is harmless too."""
    return mark_safe(clean_html(str(text)))  # noqa: S308 - cleaned in this very line


@register.filter
def per_cent(share: float) -> int:
    """A share from 0 to 1 as whole per cent."""
    return round(share * 100)


@register.filter
def plain(text) -> str:
    """The words of rich text, for mail and titles."""
    return to_plain_text(clean_html(str(text)))
