"""The page of holidays: the owner changes them, HR reads them."""

from django import forms
from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from accounts import access
from accounts.holidays import services
from accounts.models import OrganizationHoliday
from accounts.people.forms import DateInput
from accounts.signin.decorators import role_required


class HolidayForm(forms.ModelForm):
    class Meta:
        model = OrganizationHoliday
        fields = ["day", "name"]
        widgets = {"day": DateInput()}
        help_texts = {"name": gettext_lazy("Such as Christmas Day.")}


class DayForm(forms.Form):
    day = forms.DateField()


@role_required(access.reads_people)
@require_http_methods(["GET", "HEAD", "POST"])
def holidays(request):
    """Coming holidays; a POST adds one."""
    can_write = access.writes_people(request.member)
    if request.method == "POST" and not can_write:
        raise Http404
    form = HolidayForm(request.POST or None) if can_write else None
    if request.method == "POST" and form.is_valid():
        try:
            services.add_holiday(request.member.organization, **form.cleaned_data)
        except services.HolidayTaken:
            form.add_error("day", _("This day is a holiday already."))
        else:
            messages.success(request, _("Added. Nobody gets a set on that day."))
            return redirect("accounts:holidays")
    today = access.today_of(request.member)
    coming = OrganizationHoliday.objects.filter(organization_id=request.member.organization_id, day__gte=today)
    status = 422 if form is not None and form.errors else 200
    return render(request, "accounts/holidays.html", {"holidays": coming, "form": form}, status=status)


@role_required(access.writes_people)
@require_POST
def holiday_remove(request):
    form = DayForm(request.POST)
    if not form.is_valid():
        raise Http404
    found = OrganizationHoliday.objects.filter(organization_id=request.member.organization_id)
    services.remove_holiday(get_object_or_404(found, day=form.cleaned_data["day"]))
    messages.success(request, _("Removed."))
    return redirect("accounts:holidays")
