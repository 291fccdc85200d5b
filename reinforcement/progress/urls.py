"""Addresses of learning progress."""

from django.urls import path

from reinforcement.progress import views

urlpatterns = [
    path("team/", views.team, name="team"),
    path("team/figures.csv", views.team_download, name="team_download"),
    path("team/weeks/", views.team_trend, name="team_trend"),
    path("team/weeks.csv", views.team_trend_download, name="team_trend_download"),
    path("team/<uuid:public_id>/", views.team_member, name="team_member"),
    path("progress/", views.progress, name="progress"),
    path("figures/", views.figures, name="figures"),
]
