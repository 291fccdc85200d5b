"""The page that loads a file of people: upload, preview, apply."""

from collections.abc import Callable, Iterator
from typing import Any

from django import forms
from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods, require_POST

from accounts import access
from accounts.member_import import services
from accounts.member_import.columns import LABELS
from accounts.member_import.plan import Outcome, Plan, PlannedRow, describe
from accounts.models import MemberImport
from accounts.signin.decorators import role_required
from accounts.tables import MOST_BYTES

SHOWN_ROWS = 500


class FileForm(forms.Form):
    file = forms.FileField(
        label=gettext_lazy("File of people"),
        allow_empty_file=True,
        widget=forms.FileInput(attrs={"accept": ".csv,text/csv"}),
        help_text=gettext_lazy("CSV in UTF-8, with the names of the columns in its first row."),
    )

    def clean_file(self):
        file = self.cleaned_data["file"]
        if file.size > MOST_BYTES:
            raise forms.ValidationError(_("The file is larger than 20 MB. Split it into smaller files."))
        return file


@role_required(access.writes_people)
@require_http_methods(["GET", "HEAD", "POST"])
def people_import(request):
    """The page to choose a file; a POST shows what it would change, or every problem in it."""
    form = FileForm(request.POST or None, request.FILES or None)
    context = {"form": form, "headers": [capfirst(label) for label in LABELS.values()]}
    if request.method != "POST" or not form.is_valid():
        return render(request, "accounts/people_import.html", context, status=422 if form.errors else 200)
    file = form.cleaned_data["file"]
    content = file.read()
    plan = services.preview(request.member.organization, content)
    if plan.problems:
        return render(request, "accounts/people_import.html", {**context, "problems": plan.problems, "file_name": file.name}, status=422)
    kept = services.keep_for_preview(request.member, file_name=file.name, content=content)
    return redirect("accounts:people_import_preview", public_id=kept.public_id)


@role_required(access.writes_people)
@require_http_methods(["GET", "HEAD", "POST"])
def people_import_preview(request, public_id):
    """What the loaded file would change; a POST applies it, whole or not at all."""
    kept = get_object_or_404(MemberImport.objects.editable_by(request.member), public_id=public_id)
    organization = request.member.organization
    content = bytes(kept.content)
    if request.method != "POST":
        plan = services.preview(organization, content)
        return render(request, "accounts/people_import_preview.html", _context(kept, plan), status=422 if plan.problems else 200)
    invite_by = request.member if request.POST.get("invite") else None
    try:
        plan = services.apply(organization, content, invite_by=invite_by)
    except services.ImportRefused as refusal:
        context = _context(kept, Plan([], refusal.problems))
        return render(request, "accounts/people_import_preview.html", context, status=422)
    services.discard(kept)
    count = plan.count(Outcome.NEW) + plan.count(Outcome.CHANGED)
    messages.success(
        request, ngettext("%(count)d person added or changed.", "%(count)d people added or changed.", count) % {"count": count}
    )
    return redirect("accounts:people")


@role_required(access.writes_people)
@require_POST
def people_import_discard(request, public_id):
    services.discard(get_object_or_404(MemberImport.objects.editable_by(request.member), public_id=public_id))
    messages.success(request, _("Put aside. Nothing has changed."))
    return redirect("accounts:people_import")


def _context(kept: MemberImport, plan: Plan) -> dict:
    in_words = describe(kept.member.organization)
    # Rows that change nothing come last: what is left out of a long preview is not news.
    order = {Outcome.CHANGED: 0, Outcome.NEW: 1, Outcome.UNCHANGED: 2}
    rows = sorted(plan.rows, key=lambda row: (order[row.outcome], row.number))
    shown = [{"row": row, "changes": list(_changes_in_words(row, in_words))} for row in rows[:SHOWN_ROWS]]
    return {
        "kept": kept,
        "plan": plan,
        "rows": shown,
        "new_teams": [" / ".join(path) for path in plan.new_teams],
        "more_count": max(0, len(rows) - SHOWN_ROWS),
        "counts": {outcome.value: plan.count(outcome) for outcome in Outcome},
        "changes_count": plan.count(Outcome.NEW) + plan.count(Outcome.CHANGED),
    }


def _changes_in_words(row: PlannedRow, in_words: Callable[[str, Any], str]) -> Iterator[tuple[str, str]]:
    """Columns and their new values, in the order of the table; the name of somebody new stands above them."""
    for column, label in LABELS.items():
        if column in row.changes and not (column == "name" and row.outcome is Outcome.NEW):
            yield capfirst(label), in_words(column, row.changes[column])
