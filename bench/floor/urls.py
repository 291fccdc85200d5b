"""Addresses of the floor."""

from django.urls import path

from bench.floor import views

urlpatterns = [path("", views.start), path("question/<int:pk>/", views.question), path("team/<int:pk>/", views.team)]
