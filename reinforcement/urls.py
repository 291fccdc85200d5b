"""Addresses of the room: today, questions, programs, learning progress."""

from django.urls import include, path

app_name = "reinforcement"
urlpatterns = [
    path("", include("reinforcement.today.urls")),
    path("", include("reinforcement.progress.urls")),
    path("", include("reinforcement.reliability.urls")),
    path("", include("reinforcement.importing.urls")),
    path("", include("reinforcement.starter.urls")),
    path("", include("reinforcement.questions.urls")),
    path("", include("reinforcement.competencies.urls")),
    path("", include("reinforcement.programs.urls")),
]
