"""Addresses of the room: home by role, health, style page, demo."""

from django.urls import include, path

from dashboards.homes import views as homes

urlpatterns = [
    path("", homes.home, name="home"),
    path("ui/", include("dashboards.ui.urls")),
]
