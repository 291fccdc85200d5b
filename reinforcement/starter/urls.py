from django.urls import path

from reinforcement.starter import views

urlpatterns = [path("questions/starter/", views.starter_install, name="starter_install")]
