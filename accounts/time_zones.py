"""Time zones by their IANA names."""

from functools import cache
from importlib import resources
from zoneinfo import available_timezones

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _


@cache
def known_time_zones() -> frozenset[str]:
    """Every name that the time zone database knows."""
    return frozenset(available_timezones())


@cache
def time_zone_choices() -> list[tuple[str, str]]:
    """Choices for a form: UTC and the places that are in use for a country today, sorted by name; old names of a place are left out."""
    table = resources.files("tzdata").joinpath("zoneinfo/zone.tab").read_text(encoding="utf-8")
    places = {line.split("\t")[2] for line in table.splitlines() if line and not line.startswith("#")}
    return [(name, name.replace("_", " ")) for name in ["UTC", *sorted(places & known_time_zones())]]


def validate_time_zone(name: str) -> None:
    """Raises ValidationError for a name that the time zone database does not know."""
    if name not in known_time_zones():
        raise ValidationError(_("“%(name)s” is not a time zone. Use a name such as Europe/Brussels."), params={"name": name})
