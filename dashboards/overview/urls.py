"""Addresses of the company overview."""

from django.urls import path

from dashboards.overview import views

urlpatterns = [
    path("overview/", views.company_overview, name="company_overview"),
    path("overview/groups.csv", views.company_figures_download, name="company_figures_download"),
    path("overview/weeks.csv", views.company_weeks_download, name="company_weeks_download"),
]
