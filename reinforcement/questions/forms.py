"""What an author fills in about a question, apart from its answers (editors/)."""

from typing import cast

from django import forms
from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from reinforcement.competencies.forms import CompetencyChoiceField
from reinforcement.questions.kinds.registry import KINDS
from reinforcement.questions.letters import letter_reference
from reinforcement.questions.models import Question, QuestionVersion
from reinforcement.questions.services import LONGEST_PROMPT, LONGEST_SOURCE

LONGEST_TEXT = 20_000
CHANGES = [
    (QuestionVersion.Change.WORDING, gettext_lazy("Wording only, keep their dates")),
    (QuestionVersion.Change.MEANING, gettext_lazy("The meaning, start again")),
]


def letters_message(found: str) -> str:
    return _(
        "Leave out letters such as “%(letters)s”: the answers are shuffled for each person. Or keep their order, below the answers."
    ) % {"letters": found}


class WordsForm(forms.Form):
    """The words around the answers, in one language."""

    situation = forms.CharField(
        label=gettext_lazy("Situation"), required=False, max_length=LONGEST_TEXT, widget=forms.Textarea(attrs={"rows": 4})
    )
    prompt = forms.CharField(
        label=gettext_lazy("Question"),
        max_length=LONGEST_PROMPT,
        widget=forms.Textarea(attrs={"class": "one", "rows": 1}),
        error_messages={"required": gettext_lazy("Write the question.")},
    )
    explanation = forms.CharField(
        label=gettext_lazy("Explanation"), required=False, max_length=LONGEST_TEXT, widget=forms.Textarea(attrs={"rows": 5})
    )
    source = forms.CharField(
        label=gettext_lazy("Source"),
        required=False,
        max_length=LONGEST_SOURCE,
        help_text=gettext_lazy("Where this comes from: a training, a page, a person."),
    )

    def warn_of_letters(self) -> None:
        for field in ("prompt", "explanation"):
            if found := letter_reference(self.cleaned_data.get(field, "")):
                self.add_error(field, letters_message(found))


class QuestionForm(WordsForm):
    """All of a version's fields but the answers."""

    kind = forms.ChoiceField(label=gettext_lazy("Kind"), choices=[(kind.name, kind.label) for kind in KINDS])
    language = forms.ChoiceField(label=gettext_lazy("Language"), choices=settings.LANGUAGES)
    competency = CompetencyChoiceField(
        label=gettext_lazy("Competency"),
        empty_label=gettext_lazy("Choose one"),
        error_messages={"required": gettext_lazy("Choose what the question counts for.")},
    )
    difficulty = forms.ChoiceField(
        label=gettext_lazy("How hard is it?"),
        choices=[("", gettext_lazy("No guess")), *Question.Difficulty.choices],
        required=False,
        help_text=gettext_lazy("Your guess counts as four answers; real ones soon outweigh it."),
    )
    change = forms.ChoiceField(label=gettext_lazy("What did you change?"), choices=CHANGES, required=False, widget=forms.RadioSelect)

    field_order = ["kind", "language", "situation", "prompt", "explanation", "competency", "difficulty", "source", "change"]

    def __init__(self, *args, places, asks_change: bool = False, is_new: bool = True, **kwargs):
        super().__init__(*args, **kwargs)
        cast(CompetencyChoiceField, self.fields["competency"]).set_places(places)
        if not asks_change:
            del self.fields["change"]
        if not is_new:
            # The original language of a question stays: the other languages are made from it.
            del self.fields["language"]

    def ask_for_change(self) -> None:
        if not self.cleaned_data.get("change"):
            self.add_error("change", _("Choose one, so that people who answered keep their dates or start again."))
