"""Time zones by their IANA names."""

from functools import cache
from zoneinfo import available_timezones

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

# Names that are no place where people live; they stay out of the choices.
_NOT_PLACES = ("Etc/", "SystemV/", "US/", "posix", "right")


@cache
def known_time_zones() -> frozenset[str]:
    """Every name that the time zone database knows."""
    return frozenset(available_timezones())


@cache
def time_zone_choices() -> list[tuple[str, str]]:
    """Choices for a form: places and UTC, sorted by name."""
    names = [name for name in known_time_zones() if "/" in name and not name.startswith(_NOT_PLACES)]
    return [(name, name.replace("_", " ")) for name in ["UTC", *sorted(names)]]


def validate_time_zone(name: str) -> None:
    """Raises ValidationError for a name that the time zone database does not know."""
    if name not in known_time_zones():
        raise ValidationError(_("“%(name)s” is not a time zone. Use a name such as Europe/Brussels."), params={"name": name})
