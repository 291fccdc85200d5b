"""What an author fills in about a program."""

from collections.abc import Iterable
from uuid import UUID

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.working_days import mask_of, weekdays_of
from reinforcement.programs.models import Program
from reinforcement.programs.words import weekday_name

SPACING = ("days_after_wrong", "days_after_right", "rights_to_retire")
# Which of the numbers decide in a mode.
SPACING_OF: dict[str, tuple[str, ...]] = {Program.Mode.FIXED: SPACING, Program.Mode.ERRORS: ("days_after_wrong",)}
# What a program that runs may still change: not what people were told about when questions return.
OPEN_WHILE_RUNNING = ("name", "description", "ends_on", "weekdays", "new_per_day", "cap_per_day")
MODES = [
    (Program.Mode.ADAPTIVE, gettext_lazy("Adaptive: each person is asked what keeps most, as far as their answers show")),
    (Program.Mode.FIXED, gettext_lazy("Fixed: a question returns after some days, until it is mastered")),
    (Program.Mode.ERRORS, gettext_lazy("Errors only: a question returns until it is right once")),
    (Program.Mode.ONCE, gettext_lazy("Once: each question is asked one time, whatever the answer")),
]
LONGEST_SPACING = 365
MOST_A_DAY = 10
MOST_RIGHTS = 10
MOST_COMPARED = 50


def read_ids(texts: Iterable[str]) -> set[UUID]:
    """The texts that are public ids; others name nothing."""
    found = set()
    for text in texts:
        try:
            found.add(UUID(text))
        except ValueError:
            continue
    return found


class _Day(forms.DateInput):
    input_type = "date"

    def __init__(self):
        super().__init__(format="%Y-%m-%d")


def program_problems(values: dict) -> dict[str, str]:
    """What does not fit together in checked values of a program, by field; for the form and for the API."""
    problems = {}
    starts_on, ends_on = values.get("starts_on"), values.get("ends_on")
    if starts_on and ends_on and ends_on < starts_on:
        problems["ends_on"] = _("The end lies before the start. Choose a day on or after the start, or leave it empty.")
    new, cap = values.get("new_per_day"), values.get("cap_per_day")
    if new and cap and new > cap:
        problems["new_per_day"] = _("That is more than the %(cap)d questions a day at most.") % {"cap": cap}
    return problems


class ProgramForm(forms.ModelForm):
    mode = forms.ChoiceField(label=gettext_lazy("Mode"), choices=MODES, widget=forms.RadioSelect)
    weekdays = forms.TypedMultipleChoiceField(
        label=gettext_lazy("Weekdays with a set"),
        coerce=int,
        choices=lambda: [(day, weekday_name(day)) for day in range(7)],
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("A seller's own days off, holidays and absences are kept besides."),
    )
    days_after_wrong = forms.IntegerField(
        label=gettext_lazy("Days until it returns after not yet or partly"), min_value=1, max_value=LONGEST_SPACING, required=False
    )
    days_after_right = forms.IntegerField(
        label=gettext_lazy("Days until it returns after right"), min_value=1, max_value=LONGEST_SPACING, required=False
    )
    rights_to_retire = forms.IntegerField(
        label=gettext_lazy("Times right in a row until it is mastered"), min_value=1, max_value=MOST_RIGHTS, required=False
    )

    fixed_share = forms.IntegerField(
        label=gettext_lazy("Sellers in a hundred who run on fixed spacing, for comparison"),
        min_value=0,
        max_value=MOST_COMPARED,
        required=False,
        help_text=gettext_lazy(
            "Drawn by lot when they join; 0: nobody. The program then says what adaptive brought, and how surely, once at least 8 people "
            "of each group have answered a question drawn by lot."
        ),
    )
    new_per_day = forms.IntegerField(label=gettext_lazy("New questions a day"), min_value=1, max_value=MOST_A_DAY)
    cap_per_day = forms.IntegerField(
        label=gettext_lazy("Questions a day at most"),
        min_value=1,
        max_value=MOST_A_DAY,
        help_text=gettext_lazy("By date, returning questions come first, then new ones; in adaptive mode what keeps most comes first."),
    )

    class Meta:
        model = Program
        fields = ("name", "description", "mode", *SPACING, "fixed_share", "starts_on", "ends_on", "weekdays", "new_per_day", "cap_per_day")
        widgets = {"starts_on": _Day(), "ends_on": _Day(), "description": forms.Textarea(attrs={"rows": 3})}
        help_texts = {
            "ends_on": gettext_lazy("Empty: it goes on until you end it."),
            "description": gettext_lazy("For colleagues who plan and read programs."),
        }

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.initial["weekdays"] = weekdays_of(self.instance.weekdays)
        if self.instance.state != Program.State.DRAFT:
            for name, field in self.fields.items():
                field.disabled = name not in OPEN_WHILE_RUNNING

    def clean_weekdays(self) -> int:
        return mask_of(self.cleaned_data["weekdays"])

    def clean(self) -> dict:
        super().clean()
        values = self.cleaned_data
        # What says nothing in the mode may be left empty, and keeps its value.
        for name in SPACING:
            if values.get(name) is None and name not in self.errors:
                if name in SPACING_OF.get(values.get("mode", ""), ()):
                    self.add_error(name, _("This mode needs a number here."))
                else:
                    values[name] = getattr(self.instance, name)
        # Only an adaptive program has something to compare.
        if values.get("mode") != Program.Mode.ADAPTIVE or values.get("fixed_share") is None:
            values["fixed_share"] = 0
        for name, problem in program_problems(values).items():
            if name not in self.errors:
                self.add_error(name, problem)
        return values

    def _post_clean(self):
        """Leaves the program as it is: services write it, from `cleaned_data`."""

    @property
    def settings(self) -> dict:
        """The checked values of what may be changed."""
        return {name: self.cleaned_data[name] for name, field in self.fields.items() if not field.disabled}
