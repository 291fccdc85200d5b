"""Addresses of the room: home by role, company overview, health, style page, demo."""

from django.urls import include, path

from dashboards.demo import views as demo
from dashboards.health import views as health
from dashboards.homes import views as homes

urlpatterns = [
    path("", homes.home, name="home"),
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    path("metrics", health.metrics, name="metrics"),
    path("ui/", include("dashboards.ui.urls")),
    path("", include("dashboards.overview.urls")),
    path("demo/", demo.demo, name="demo"),
    path("demo/accounts.json", demo.accounts, name="demo_accounts"),
    path("demo/sign-in/", demo.sign_in, name="demo_sign_in"),
]
