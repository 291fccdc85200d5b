"""One click that fills an empty bank."""

from django.contrib import messages
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from accounts.signin.decorators import role_required
from reinforcement.starter.installing import install_starter


@role_required(lambda member: member.is_author)
@require_POST
def starter_install(request):
    made = install_starter(request.member.organization, created_by=request.member)
    if made:
        told = ngettext(
            "%(number)d question of the starter set is in the bank.", "%(number)d questions of the starter set are in the bank.", len(made)
        )
        messages.success(request, told % {"number": len(made)})
    else:
        messages.info(request, _("The starter set was in the bank already."))
    return redirect("reinforcement:question_list")
