"""The browsable documentation, from the package that brings its files along."""

from drf_spectacular.views import SpectacularSwaggerSplitView


class Documentation(SpectacularSwaggerSplitView):
    """Its script comes from an address of its own, and its page has no inline style: our content security policy holds."""

    template_name = "api/docs.html"
