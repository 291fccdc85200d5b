"""Verbs that write the days on which nobody of an organization gets a set."""

from datetime import date

from django.db import transaction

from accounts.models import Organization, OrganizationHoliday


class HolidayTaken(ValueError):
    """The organization has a holiday on that day."""


@transaction.atomic
def add_holiday(organization: Organization, day: date, name: str) -> OrganizationHoliday:
    """A new holiday. Raises HolidayTaken."""
    holiday, is_new = OrganizationHoliday.objects.get_or_create(organization=organization, day=day, defaults={"name": name})
    if not is_new:
        raise HolidayTaken
    return holiday


@transaction.atomic
def remove_holiday(holiday: OrganizationHoliday) -> None:
    """The day is a working day again for those who work on it."""
    holiday.delete()
