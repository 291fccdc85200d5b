"""What an author says about a file of questions."""

from pathlib import PurePath
from typing import cast

from django import forms
from django.utils.html import escape
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.tables import MOST_BYTES, Table
from reinforcement.competencies.forms import CompetencyChoiceField
from reinforcement.importing.encodings import ENCODINGS
from reinforcement.importing.reading import FORMATS
from reinforcement.questions.formats.columns import FIELDS, MappingError, read_mapping

FIELD_LABELS = {
    "": gettext_lazy("not used"),
    "prompt": gettext_lazy("Question"),
    "options": gettext_lazy("Answer to choose"),
    "answer": gettext_lazy("Right answer"),
    "explanation": gettext_lazy("Explanation"),
    "situation": gettext_lazy("Situation"),
    "competency": gettext_lazy("Competency"),
    "kind": gettext_lazy("Kind"),
    "language": gettext_lazy("Language"),
    "source": gettext_lazy("Source"),
    "id": gettext_lazy("Id in the source"),
}


class UploadForm(forms.Form):
    file = forms.FileField(
        label=gettext_lazy("File"),
        help_text=gettext_lazy("CSV, XLSX, GIFT, Aiken or Moodle XML, at most 20 MB. Which one it is, is found out."),
        error_messages={"required": gettext_lazy("Choose a file."), "empty": gettext_lazy("This file is empty. Choose another one.")},
        widget=forms.FileInput(attrs={"accept": ".csv,.txt,.tsv,.xlsx,.gift,.xml,text/csv,text/plain,text/xml"}),
    )
    competency = CompetencyChoiceField(
        label=gettext_lazy("Competency"),
        required=False,
        empty_label=gettext_lazy("as the file says, else “Unsorted”"),
        help_text=gettext_lazy("For new questions of which the file names none."),
    )

    def __init__(self, *args, places, **kwargs):
        super().__init__(*args, **kwargs)
        cast(CompetencyChoiceField, self.fields["competency"]).set_places(places)

    def clean_file(self):
        file = self.cleaned_data["file"]
        if file.size > MOST_BYTES:
            raise forms.ValidationError(_("The file is larger than 20 MB. Split it into smaller files."))
        if PurePath(file.name).suffix.lower() in (".xls", ".ods", ".doc", ".docx", ".pdf", ".zip"):
            raise forms.ValidationError(
                _("This kind of file can't be read. Save a spreadsheet as XLSX or CSV; from Moodle choose XML or GIFT.")
            )
        return file


class ReadAsForm(forms.Form):
    """In which format and encoding the file is to be read."""

    file_format = forms.ChoiceField(label=gettext_lazy("Format"), choices=list(FORMATS.items()))
    encoding = forms.ChoiceField(
        label=gettext_lazy("Encoding"), choices=[("", gettext_lazy("found out")), *ENCODINGS.items()], required=False
    )


class ApplyForm(forms.Form):
    restarts = forms.BooleanField(
        label=gettext_lazy("The changed questions have a new meaning: everybody starts them again"), required=False
    )
    program = forms.CharField(
        label=gettext_lazy("Put them into a program"),
        required=False,
        max_length=120,
        help_text=gettext_lazy("Its name. A new one is a draft that asks nobody yet; leave it empty to import into the bank only."),
    )


class MappingForm(forms.Form):
    """What each column of `table` holds; `mapping()` is the text that the import keeps."""

    has_header = forms.BooleanField(label=gettext_lazy("The first row names the columns"), required=False)

    def __init__(self, *args, table: Table, **kwargs):
        super().__init__(*args, **kwargs)
        self.table = table
        for place in range(table.width):
            # Help texts may hold markup, so what comes from the file is escaped here.
            example = next((row.cells[place] for row in table.rows if row.cells[place].strip()), "")
            self.fields[f"column_{place}"] = forms.ChoiceField(
                label=_("Column %(name)s") % {"name": table.column_name(place)},
                help_text=escape(_("For example: %(example)s") % {"example": example[:80]}) if example else "",
                choices=list(FIELD_LABELS.items()),
                required=False,
            )

    @property
    def columns(self):
        return [self[f"column_{place}"] for place in range(self.table.width)]

    def clean(self):
        columns: dict[str, list[str]] = {}
        for place in range(self.table.width):
            if field := self.cleaned_data.get(f"column_{place}"):
                columns.setdefault(field, []).append(str(place + 1))
        self.mapping = ",".join(f"{field}={','.join(columns[field])}" for field in FIELDS if field in columns)
        try:
            read_mapping(self.mapping, self.table)
        except MappingError as error:
            raise forms.ValidationError(error.message) from error


def initial_of(mapping: str, table: Table) -> dict[str, object]:
    """What the form shows for a mapping that fits the table, or for none."""
    initial: dict[str, object] = {"has_header": table.header is not None}
    if mapping:
        for field, places in read_mapping(mapping, table).columns.items():
            initial |= {f"column_{place}": field for place in places}
    return initial
