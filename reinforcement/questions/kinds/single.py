"""One right answer among 2 to 26 options."""

from collections.abc import Mapping, Sequence

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from reinforcement.questions.kinds.base import Problem, Text
from reinforcement.questions.kinds.choice import Choice


class Single(Choice):
    name = "single"
    label: Text = gettext_lazy("One right answer")

    def right_problems(self, right: Sequence[str], options: Sequence[Mapping[str, str]]) -> list[Problem]:
        return [] if len(right) == 1 else [Problem("right", _("Mark exactly one option as right."))]
