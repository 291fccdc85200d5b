"""Template tags of questions."""

from collections.abc import Mapping
from functools import lru_cache

from django import template
from django.http import QueryDict
from django.template.loader import render_to_string
from django.utils.formats import number_format
from django.utils.html import escape, format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from accounts.templatetags.ui import checked
from reinforcement.questions.kinds.base import Verdict
from reinforcement.questions.kinds.choice import CheckedOption, State
from reinforcement.questions.kinds.gap import CheckedPiece
from reinforcement.questions.kinds.matching import CheckedThing
from reinforcement.questions.kinds.numeric import RightNumber
from reinforcement.questions.kinds.ordering import CheckedItem, ShownItem, ShownOrder
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


_TYPED = {
    Verdict.RIGHT: gettext_lazy("You typed this, right"),
    Verdict.PARTLY: gettext_lazy("You typed this, partly right"),
    Verdict.WRONG: gettext_lazy("You typed this, not yet"),
}


@register.simple_tag
def typed_answer(verdict: Verdict, typed: str, feedback: str = "") -> SafeString:
    """What a person typed, after checking."""
    return checked(verdict, escape(typed), word=str(_TYPED[verdict]), feedback=rich(feedback) if feedback else "")


@register.simple_tag
def right_answer(text: str) -> SafeString:
    """What was right where something else was given."""
    return checked("missed", escape(text), word=_("This is right"))


@register.simple_tag
def right_number(number: RightNumber, unit: str) -> SafeString:
    """A number that is right, as people of the language write it, and from where to where it counts."""
    told = f"{number_format(number.value)}\N{NO-BREAK SPACE}{unit}".strip()
    if number.low != number.high:
        words = {"value": told, "low": number_format(number.low), "high": number_format(number.high)}
        told = _("%(value)s (from %(low)s to %(high)s counts)") % words
    return right_answer(told)


@register.simple_tag
def checked_item(item: CheckedItem, place: int, is_key: object = False) -> SafeString:
    """One of the things that were put in order, at its right place."""
    if is_key:
        return checked("none", rich(item.text), str(place))
    if item.follows:
        word = _("Right first") if place == 1 else _("Follows rightly")
        return checked("right", rich(item.text), str(place), word=word)
    return checked("wrong", rich(item.text), str(place), word=_("You put it at place %(place)d") % {"place": item.place})


@register.simple_tag
def checked_thing(thing: CheckedThing, is_key: object = False) -> SafeString:
    """One of the things that were matched, with what belongs to it and, where it is another, what was chosen."""
    pair = format_html("{}<div>→ {}</div>", rich(thing.text), thing.right)
    if is_key:
        return checked("none", pair)
    if thing.is_right:
        return checked("right", pair)
    return checked("wrong", pair, word=_("You chose “%(chosen)s”") % {"chosen": thing.chosen})


@register.simple_tag
def checked_gap(piece: CheckedPiece, is_key: object = False) -> SafeString:
    """A gap of a text: what fills it and, where it is another, what was filled in."""
    if is_key or piece.is_right:
        words = "" if is_key else format_html('<span class="sr">{} </span>', _("right:"))
        return format_html('<mark class="gap-right">{}{}</mark>', words, piece.right if is_key else piece.filled)
    marks = '<del class="gap-wrong"><span class="sr">{} </span>{}</del> <mark class="gap-right"><span class="sr">{} </span>{}</mark>'
    return format_html(marks, _("you wrote:"), piece.filled, _("right is:"), piece.right)


@register.filter
def field(posted: Mapping[str, str] | None, name: str) -> str:
    """What was posted in the field; empty where nothing was."""
    return posted.get(name, "") if posted else ""


@register.filter
def in_posted_order(shown: ShownOrder, posted: QueryDict | None) -> list[ShownItem]:
    """The things in the order in which they were posted, else as they are shown at first."""
    ids = posted.getlist("answer") if posted else []
    return sorted(shown.items, key=lambda item: ids.index(item.id) if item.id in ids else len(ids))


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
