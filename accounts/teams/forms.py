"""What the owner fills in about a team."""

from typing import cast

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import Member, Team
from accounts.teams.queries import below, choices


class TeamForm(forms.Form):
    """Name and place of a team; `parent` comes out as a row of the organization. The root has no place to choose."""

    name = forms.CharField(label=_("Name"), max_length=120)
    parent = forms.ChoiceField(label=_("Part of"))

    def __init__(self, *args, owner: Member, team: Team | None = None, **kwargs):
        super().__init__(*args, **kwargs)
        teams = list(Team.objects.editable_by(owner))
        self.teams = {str(other.public_id): other for other in teams}
        if team is not None and team.parent_id is None:
            del self.fields["parent"]
            return
        inside = {team.pk, *(inner.pk for inner in below(team, teams))} if team is not None else set()
        allowed = {str(other.public_id) for other in teams if other.pk not in inside}
        cast(forms.ChoiceField, self.fields["parent"]).choices = [choice for choice in choices(teams) if choice[0] in allowed]

    def clean_parent(self) -> Team:
        return self.teams[self.cleaned_data["parent"]]
