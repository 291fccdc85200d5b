"""A form with every kind of field, for the style page."""

from django import forms


class SampleForm(forms.Form):
    customer = forms.CharField(label="Whom do you visit?", help_text="A contact or an account")
    date = forms.DateField(label="Date", error_messages={"invalid": "November has 30 days. Did you mean 30 November?"})
    competency = forms.ChoiceField(
        label="Competency", choices=[("value", "Value and price"), ("listen", "Conversation skill")], required=False
    )
    reads = forms.ChoiceField(
        label="Who can read this note",
        choices=[("me", "Only me"), ("seller", "Sanne and me"), ("line", "Her line")],
        widget=forms.RadioSelect(attrs={"class": "segments"}),
    )
    note = forms.CharField(label="Next time", widget=forms.Textarea(attrs={"rows": 3}), required=False)
    days = forms.MultipleChoiceField(
        label="Working days",
        choices=[("1", "Monday"), ("2", "Tuesday"), ("3", "Wednesday")],
        widget=forms.CheckboxSelectMultiple,
        required=False,
        help_text="No set comes on the other days.",
    )
    reminder = forms.BooleanField(label="Remind me once, at 8:15", required=False)
    pause = forms.BooleanField(label="Pause while I am away", required=False, widget=forms.CheckboxInput(attrs={"class": "switch"}))
    file = forms.FileField(label="File with questions", help_text="CSV, at most 5 MB", required=False)
