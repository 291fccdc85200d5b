"""Several right answers among 2 to 26 options, with partial credit."""

from collections.abc import Mapping, Sequence

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from reinforcement.questions.kinds.base import Problem, Text
from reinforcement.questions.kinds.choice import Choice


class Multiple(Choice):
    name = "multiple"
    label: Text = gettext_lazy("Several right answers")
    takes_several = True
    # The number of right options is not told: it would give part of the answer away.
    instruction = gettext_lazy("Choose every answer that fits.")

    def right_problems(self, right: Sequence[str], options: Sequence[Mapping[str, str]]) -> list[Problem]:
        if not right:
            return [Problem("right", _("Mark at least one option as right."))]
        # Where all are right, ticking everything earns full credit and the answer shows nothing of what the person knows.
        if len(right) == len(options):
            return [Problem("right", _("Leave at least one option wrong: if all are right, choosing everything is always right."))]
        return []
