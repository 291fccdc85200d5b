"""What a member fills in about oneself."""

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from accounts.models import Absence, ApiToken
from accounts.people.forms import DateInput, HabitsForm, TimeInput


class SettingsForm(HabitsForm):
    """How and when the product reaches the member."""

    class Meta(HabitsForm.Meta):
        fields = [*HabitsForm.Meta.fields, "wants_morning_mail", "wants_reminder", "uses_shortcuts"]
        widgets = {"preferred_hour": TimeInput()}
        help_texts = {
            "preferred_hour": _("From tomorrow's set on."),
            "uses_shortcuts": _("1 to 9 choose an answer, Enter checks it."),
        }


class AbsenceForm(forms.ModelForm):
    """Days off need both ends; a pause may be open."""

    class Meta:
        model = Absence
        fields = ["kind", "started_on", "ended_on"]
        widgets = {"started_on": DateInput(), "ended_on": DateInput()}
        help_texts = {"ended_on": _("Included. A pause may stay open.")}

    def clean(self):
        super().clean()
        values = self.cleaned_data
        started_on, ended_on = values.get("started_on"), values.get("ended_on")
        if started_on and ended_on and ended_on < started_on:
            self.add_error("ended_on", ValidationError(_("The last day comes before the first. Check the dates.")))
        if values.get("kind") == Absence.Kind.DAY_OFF and not ended_on and "ended_on" not in self.errors:
            self.add_error("ended_on", ValidationError(_("Days off have a last day. Choose a pause to leave it open.")))
        return values


class TokenForm(forms.ModelForm):
    class Meta:
        model = ApiToken
        fields = ["name"]
        labels = {"name": _("What it is for")}
        help_texts = {"name": _("Such as the name of the program that uses it.")}


class StartForm(forms.Form):
    started_on = forms.DateField()
