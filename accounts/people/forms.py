"""What the owner fills in about a person."""

from datetime import time

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from accounts import access
from accounts.models import Member, Role, Team
from accounts.people.queries import likely_managers
from accounts.teams.queries import choices
from accounts.time_zones import time_zone_choices, validate_time_zone
from accounts.working_days import MONDAY_TO_FRIDAY, mask_of, weekdays_of

WEEKDAYS = [(0, _("Mon")), (1, _("Tue")), (2, _("Wed")), (3, _("Thu")), (4, _("Fri")), (5, _("Sat")), (6, _("Sun"))]


class DateInput(forms.DateInput):
    input_type = "date"

    def __init__(self, **kwargs):
        super().__init__(format="%Y-%m-%d", **kwargs)


class TimeInput(forms.TimeInput):
    input_type = "time"

    def __init__(self, **kwargs):
        super().__init__(format="%H:%M", **kwargs)


class WorkingDaysField(forms.TypedMultipleChoiceField):
    """Weekdays as tick boxes; the value is the number of `accounts.working_days`."""

    def __init__(self, **kwargs):
        kwargs.setdefault("label", _("Working days"))
        kwargs.setdefault("error_messages", {"required": _("Choose at least one day.")})
        super().__init__(choices=WEEKDAYS, coerce=int, widget=forms.CheckboxSelectMultiple(attrs={"class": "buttons"}), **kwargs)

    def prepare_value(self, value):
        return weekdays_of(value) if isinstance(value, int) else value

    def clean(self, value):
        return mask_of(super().clean(value))


def time_zone_field(**kwargs) -> forms.ChoiceField:
    """Places by name. A zone that a row holds and the list leaves out, such as an old name, is added by the form."""
    return forms.ChoiceField(label=_("Time zone"), choices=time_zone_choices, **kwargs)


def offer_time_zone(form: forms.Form, name: str) -> None:
    """Keeps a zone that is in use choosable although it is no place, such as Etc/UTC."""
    field = form.fields["time_zone"]
    if name and name not in dict(field.choices):
        validate_time_zone(name)
        field.choices = [(name, name), *field.choices]


class HabitsForm(forms.ModelForm):
    """Language, place and days: the part that both the owner and the person may change."""

    time_zone = time_zone_field()
    working_days = WorkingDaysField()

    class Meta:
        model = Member
        fields = ["language", "time_zone", "working_days", "preferred_hour"]
        widgets = {"preferred_hour": TimeInput()}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        offer_time_zone(self, self.initial.get("time_zone", ""))


class MemberForm(HabitsForm):
    """A person's settings. `team` and `manager` come out as rows of the organization; errors stand at their field."""

    roles = forms.MultipleChoiceField(
        label=_("Roles"),
        choices=Role.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple(attrs={"class": "buttons"}),
        help_text=_("Manager is not given: it follows from the people who report to somebody."),
    )
    team = forms.ChoiceField(label=_("Team"))
    team_from = forms.DateField(label=_("In this team from"), required=False, widget=DateInput(), help_text=_("Empty means today."))
    manager = forms.EmailField(
        label=_("Manager's e-mail address"),
        required=False,
        widget=forms.EmailInput(attrs={"list": "managers", "autocomplete": "off"}),
        help_text=_("The manager, and everybody above, sees how this person learns. Empty means nobody."),
    )
    manager_from = forms.DateField(
        label=_("Reports to the manager from"), required=False, widget=DateInput(), help_text=_("Empty means today.")
    )

    class Meta(HabitsForm.Meta):
        fields = ["name", "language", "time_zone", "working_days", "preferred_hour", "hired_on"]
        widgets = {"preferred_hour": TimeInput(), "hired_on": DateInput(), "name": forms.TextInput(attrs={"autocomplete": "off"})}

    field_order = [
        "name", "email", "roles", "team", "team_from", "manager", "manager_from",
        "language", "time_zone", "working_days", "preferred_hour", "hired_on",
    ]  # fmt: skip

    def __init__(self, *args, owner: Member, **kwargs):
        super().__init__(*args, **kwargs)
        self.owner = owner
        self.teams = {str(team.public_id): team for team in Team.objects.editable_by(owner)}
        self.fields["team"].choices = choices(self.teams.values())
        self.managers = list(likely_managers(owner.organization_id, access.today_of(owner)))

    def clean_team(self) -> Team:
        return self.teams[self.cleaned_data["team"]]

    def clean_manager(self) -> Member | None:
        email = self.cleaned_data["manager"]
        if not email:
            return None
        manager = Member.objects.editable_by(self.owner).filter(user__email=email.lower()).first()
        if manager is None:
            raise ValidationError(_("Nobody here has this address. Add the manager first, or check the spelling."))
        if not manager.is_active:
            raise ValidationError(_("%(name)s has left. Choose somebody who is here.") % {"name": manager.name})
        return manager

    def settings(self) -> dict:
        """The checked values as `change_member` and `add_member` take them."""
        values = dict(self.cleaned_data)
        given = values.pop("roles")
        return values | {f"is_{role}": role in given for role in Role.values}


class NewMemberForm(MemberForm):
    """The same for somebody new, with the address to invite."""

    email = forms.EmailField(label=_("E-mail address"), max_length=254, widget=forms.EmailInput(attrs={"autocomplete": "off"}))

    def __init__(self, *args, owner: Member, **kwargs):
        organization = owner.organization
        kwargs["initial"] = {
            "roles": [Role.SELLER],
            "language": organization.language,
            "time_zone": organization.time_zone,
            "working_days": MONDAY_TO_FRIDAY,
            "preferred_hour": time(8, 15),
        } | kwargs.get("initial", {})
        super().__init__(*args, owner=owner, **kwargs)
        del self.fields["team_from"]
        del self.fields["manager_from"]

    def clean_email(self) -> str:
        email = self.cleaned_data["email"].lower()
        if Member.objects.editable_by(self.owner).filter(user__email=email).exists():
            raise ValidationError(_("Somebody here has this address already. Look in the list, also among those who left."))
        return email


class SearchForm(forms.Form):
    """Narrows the list of people."""

    q = forms.CharField(label=_("Name or e-mail address"), required=False, max_length=100, widget=forms.TextInput(attrs={"type": "search"}))
    state = forms.ChoiceField(
        label=_("Who"),
        required=False,
        choices=[
            ("", _("everybody here")),
            ("active", _("has signed in")),
            ("waiting", _("has not signed in yet")),
            ("left", _("has left")),
        ],
    )
