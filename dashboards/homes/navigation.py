"""The list of pages that a member's roles open, in the order of the bar."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts import access


@dataclass(frozen=True)
class Place:
    """An entry of the main navigation: `url_name` is its page, `is_open_to` the rule for members."""

    url_name: str
    label: Any
    icon: str
    is_open_to: Callable[[Any], bool]


@dataclass(frozen=True)
class Link:
    url: str
    label: str
    icon: str
    is_current: bool
    count: int = 0


PLACES: tuple[Place, ...] = (
    Place("reinforcement:today", _("Today"), "today", lambda member: member.is_seller),
    Place("reinforcement:progress", _("Progress"), "progress", lambda member: member.is_seller),
    Place("reinforcement:team", _("Team"), "team", lambda member: member.is_manager),
    Place("company_overview", _("Overview"), "chart", access.reads_aggregates),
    Place("reinforcement:question_list", _("Questions"), "questions", access.reads_all_content),
    Place("reinforcement:program_list", _("Programs"), "programs", access.reads_all_content),
    Place("reinforcement:competency_list", _("Competencies"), "competency", lambda member: member.is_author),
    Place("accounts:people", _("People"), "people", access.reads_people),
)


def links_for(member, path: str) -> list[Link]:
    """The member's navigation; the entry whose address starts `path` is the current one."""
    if not access.is_reader(member):
        return []
    links = []
    for place in PLACES:
        if place.is_open_to(member):
            url = reverse(place.url_name)
            links.append(Link(url=url, label=str(place.label), icon=place.icon, is_current=path.startswith(url)))
    return links
