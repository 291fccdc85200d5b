"""Which time zones a form offers, and which names are known."""

import pytest
from django.core.exceptions import ValidationError

from accounts.time_zones import time_zone_choices, validate_time_zone


def test_choices_hold_places_in_use_and_no_old_names():
    names = [name for name, _label in time_zone_choices()]
    assert {"UTC", "Europe/Amsterdam", "Europe/Brussels", "Europe/Paris", "America/New_York", "Asia/Kolkata"} <= set(names)
    assert not {"Africa/Asmera", "America/Buenos_Aires", "Asia/Calcutta", "US/Eastern", "Etc/GMT+5", "Europe/Belfast"} & set(names)
    assert len(names) == len(set(names))
    assert names[1:] == sorted(names[1:])


@pytest.mark.parametrize("name", ["Europe/Brussels", "Africa/Asmera", "Etc/UTC"])
def test_every_name_of_the_time_zone_database_is_known(name):
    validate_time_zone(name)


def test_another_name_is_refused():
    with pytest.raises(ValidationError):
        validate_time_zone("Mars/Base")
