"""Template tags of questions."""

from functools import lru_cache

from django import template
from django.template.loader import render_to_string
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from accounts.templatetags.ui import checked
from reinforcement.questions.kinds.choice import CheckedOption, State
from reinforcement.questions.rich_text import clean_html, to_plain_text

register = template.Library()


@register.filter
def rich(text) -> SafeString:
    """Rich text for the page, cleaned once more: a row that came another way than the author's form is harmless too."""
    return mark_safe(clean_html(str(text)))  # noqa: S308 - cleaned in this very line


_VERDICTS = {State.CHOSEN_RIGHT: "right", State.MISSED: "missed", State.CHOSEN_WRONG: "wrong", State.NONE: "none"}


@register.simple_tag
def checked_option(option: CheckedOption, none_right: object = False, is_key: object = False) -> SafeString:
    """One answer after checking. `none_right`: nothing right was chosen; `is_key`: the answers as such, which nobody chose."""
    word = ""
    if is_key and option.state is State.CHOSEN_RIGHT:
        word = _("Right")
    elif none_right and option.state is State.MISSED:
        word = _("This was right")
    share = None if option.share is None else round(option.share * 100)
    feedback = rich(option.feedback) if option.feedback else ""
    return checked(_VERDICTS[option.state], rich(option.text), option.letter, share, word, feedback)


@register.simple_tag
def keys_help(is_checked: bool = False) -> SafeString:
    """What the keyboard does; the same for everybody of a language, and so drawn once for it."""
    return _keys_help(get_language(), is_checked)


@lru_cache(maxsize=20)
def _keys_help(_language: str, is_checked: bool) -> SafeString:
    return render_to_string("reinforcement/today/_keys.html", {"is_checked": is_checked})


@register.filter
def plain(text) -> str:
    """The words of rich text, for mail and titles."""
    return to_plain_text(clean_html(str(text)))
