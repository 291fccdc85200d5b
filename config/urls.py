"""Addresses of pages and API: each room brings its own."""

from django.urls import include, path

urlpatterns = [
    path("", include("dashboards.urls")),
    path("", include("accounts.urls")),
    path("", include("reinforcement.urls")),
    path("api/", include("config.api_urls")),
]
