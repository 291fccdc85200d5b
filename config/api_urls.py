"""Addresses of the API, version 1, with its schema and browsable documentation."""

from django.urls import include, path, re_path
from drf_spectacular.views import SpectacularAPIView

from accounts.api.docs import Documentation
from accounts.api.views import NothingHere

urlpatterns = [
    path("v1/", include("reinforcement.api_urls")),
    path("schema/", SpectacularAPIView.as_view(), name="api_schema"),
    path("docs/", Documentation.as_view(url_name="api_schema"), name="api_docs"),
    re_path("", NothingHere.as_view()),
]
