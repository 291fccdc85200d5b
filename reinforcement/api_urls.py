"""Addresses of the room in the API."""

from django.urls import include, path
from rest_framework.routers import SimpleRouter

from reinforcement.daily import api as daily
from reinforcement.programs import api as programs
from reinforcement.progress import api as progress
from reinforcement.questions import api as questions

app_name = "api"

router = SimpleRouter(use_regex_path=False)
router.register("questions", questions.Questions, basename="question")
router.register("programs", programs.Programs, basename="program")

urlpatterns = [
    path("", include(router.urls)),
    path("today/", daily.Today.as_view(), name="today"),
    path("today/items/<uuid:key>/answer/", daily.AnswerItem.as_view(), name="answer"),
    path("progress/", progress.Progress.as_view(), name="progress"),
]
