"""Addresses of Today, and of the link in the morning mail."""

from django.urls import path

from reinforcement.today import link_views, views

urlpatterns = [
    path("today/", views.today, name="today"),
    path("today/leave/", link_views.leave, name="link_leave"),
    path("today/<uuid:key>/", views.question, name="today_question"),
    path("t/<str:token>/", link_views.link, name="link"),
    path("t/<str:token>/stop/", link_views.link_stop, name="link_stop"),
    path("t/<str:token>/mail/", link_views.link_mail, name="link_mail"),
]
