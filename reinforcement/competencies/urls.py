from django.urls import path

from reinforcement.competencies import views

urlpatterns = [
    path("competencies/", views.competency_list, name="competency_list"),
    path("competencies/new/", views.competency_create, name="competency_create"),
    path("competencies/<uuid:public_id>/", views.competency_change, name="competency_change"),
    path("competencies/<uuid:public_id>/archive/", views.competency_archive, name="competency_archive"),
    path("competencies/<uuid:public_id>/restore/", views.competency_restore, name="competency_restore"),
]
