"""Address of the style page."""

from django.urls import path

from dashboards.ui import views

urlpatterns = [path("", views.style_page, name="style_page")]
