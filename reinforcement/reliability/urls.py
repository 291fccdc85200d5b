"""Address of how well answers were predicted."""

from django.urls import path

from reinforcement.reliability import views

urlpatterns = [path("figures/reliability/", views.reliability, name="reliability")]
