"""Addresses of pages and API: each room brings its own."""

from django.urls import include, path

# Addresses are tried in order, and most requests are those of sellers who answer.
urlpatterns = [
    path("", include("reinforcement.urls")),
    path("", include("dashboards.urls")),
    path("", include("accounts.urls")),
    path("api/", include("config.api_urls")),
]
