"""What an author fills in about a competency."""

from typing import Any, cast

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from reinforcement.competencies.models import Competency
from reinforcement.competencies.services import LEVELS
from reinforcement.competencies.tree import in_tree_order


class CompetencyChoiceField(forms.ChoiceField):
    """One of `places` (the rows of a tree), indented as in the tree; gives the competency, or None for the empty choice."""

    def __init__(self, *, places=(), empty_label: str | Promise, **kwargs):
        self.empty_label = empty_label
        super().__init__(**kwargs)
        self.set_places(places)

    def set_places(self, places) -> None:
        self.by_id = {str(place.competency.public_id): place.competency for place in places}
        names = [(str(place.competency.public_id), place.indent + place.competency.name) for place in places]
        self.choices = [("", self.empty_label), *names]

    def clean(self, value):
        super().clean(value)
        return self.by_id.get(value)


class CompetencyForm(forms.Form):
    name = forms.CharField(label=gettext_lazy("Name"), max_length=120, error_messages={"required": gettext_lazy("Give it a name.")})
    description = forms.CharField(label=gettext_lazy("Description"), required=False, max_length=2000, widget=forms.Textarea)
    parent = CompetencyChoiceField(label=gettext_lazy("Part of"), required=False, empty_label=gettext_lazy("the top of the tree"))
    matters_now = forms.BooleanField(
        label=gettext_lazy("Matters most now"),
        required=False,
        help_text=gettext_lazy(
            "In adaptive programs its questions, and those of what stands under it, come sooner: what they keep counts one and a half "
            "times."
        ),
    )

    def __init__(self, *args, organization, competency: Competency | None = None, **kwargs):
        self.organization, self.competency = organization, competency
        super().__init__(*args, **kwargs)
        competencies = Competency.objects.filter(organization=organization)
        self.names = {other.name.casefold() for other in competencies if other != competency}
        places = in_tree_order([other for other in competencies if other.archived_at is None], without=competency)
        cast(CompetencyChoiceField, self.fields["parent"]).set_places(places)
        for number in LEVELS:
            self.fields[f"level_{number}"] = forms.CharField(
                label=_("Level %(number)d: what the person does") % {"number": number},
                required=False,
                max_length=1000,
                widget=forms.Textarea(attrs={"class": "one", "rows": 1}),
            )

    def clean_name(self) -> str:
        name = self.cleaned_data["name"]
        if name.casefold() in self.names:
            raise forms.ValidationError(_("There is a competency with this name, perhaps an archived one. Give this one its own."))
        return name

    def details(self) -> dict[str, Any]:
        """What the services take."""
        anchors = {number: self.cleaned_data[f"level_{number}"] for number in LEVELS}
        return {name: self.cleaned_data[name] for name in ("name", "description", "parent", "matters_now")} | {"anchors": anchors}


def initial_of(competency: Competency) -> dict[str, str | bool]:
    """What the form shows of a competency that is there."""
    initial: dict[str, str | bool] = {"name": competency.name, "description": competency.description, "matters_now": competency.matters_now}
    if competency.parent is not None:
        initial["parent"] = str(competency.parent.public_id)
    return initial | {f"level_{level.number}": level.anchor for level in competency.levels.all()}
