"""Addresses of the room: sign-in, people, one's own settings."""

from django.urls import include, path

urlpatterns = [
    path("accounts/", include("allauth.account.urls")),
]
