"""The style page: every component once, with real words. For staff and the demo only."""

import re
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles import finders
from django.core.paginator import Paginator
from django.http import Http404
from django.shortcuts import render
from django.views.decorators.http import require_safe

from dashboards.ui import samples
from dashboards.ui.forms import SampleForm

THEMES = {"light", "dark"}
DIRECTIONS = {"ltr", "rtl"}


@require_safe
def style_page(request):
    """Answers 404 to everybody else, as any page that is not theirs."""
    if not (settings.DEMO or request.user.is_staff):
        raise Http404
    theme = request.GET.get("theme")
    direction = request.GET.get("dir")
    context = samples.page() | {
        "theme": theme if theme in THEMES else "",
        "page_direction": direction if direction in DIRECTIONS else "",
        "form": SampleForm({"date": "2026-11-31", "customer": "Hidde Jansma, Van Loon Logistics", "reads": "seller"}),
        "icons": icon_names(),
        "list_page": Paginator(range(60), 20).page(2),
    }
    return render(request, "dashboards/style_page.html", context)


def icon_names() -> list[str]:
    """Names of all icons in the sprite."""
    sprite = finders.find("vendor/icons.svg")
    return re.findall(r'<symbol id="([^"]+)"', Path(sprite).read_text()) if sprite else []
