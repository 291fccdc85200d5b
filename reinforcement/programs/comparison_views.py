"""The page of a comparison: what the adaptive choice brings beside fixed spacing, for who reads the program's results."""

from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts import access
from accounts.signin.decorators import member_required
from reinforcement.programs import comparison_queries as queries
from reinforcement.programs import comparison_words as words
from reinforcement.programs.comparison import fewest_people, scale_of


@require_safe
@member_required
def program_comparison(request, public_id):
    program = get_object_or_404(queries.compared_programs(request.member), public_id=public_id)
    comparison = queries.comparison_of(program)
    difference = comparison.difference if comparison else None
    fewest = fewest_people(program.organization.small_group_minimum)
    if comparison is None:
        missing = words.missing_people_in_words(program, queries.people_of(program), fewest)
    else:
        missing = words.missing_answers_in_words(comparison)
    context = {
        "program": program,
        "comparison": comparison,
        "difference": difference,
        "groups": [(_("Adaptive"), comparison.adaptive), (_("Fixed spacing"), comparison.fixed)] if comparison else [],
        "finding": words.finding_in_words(difference) if difference else "",
        "interval": words.interval_in_words(difference) if difference else "",
        "evidence": words.evidence_in_words(comparison) if comparison else "",
        "scale": scale_of(difference) if difference else None,
        "missing": missing,
        "fewest": fewest,
        "minimum": program.organization.small_group_minimum,
        "reads_program": access.reads_all_content(request.member),
    }
    return render(request, "reinforcement/program_comparison.html", context)
