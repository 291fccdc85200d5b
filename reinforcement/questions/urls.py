from django.urls import path

from reinforcement.questions import views

urlpatterns = [
    path("questions/", views.question_list, name="question_list"),
    path("questions/new/", views.question_create, name="question_create"),
    path("questions/preview/", views.question_preview, name="question_preview"),
    path("questions/<uuid:public_id>/", views.question_detail, name="question_detail"),
    path("questions/<uuid:public_id>/try/", views.question_try, name="question_try"),
    path("questions/<uuid:public_id>/archive/", views.question_archive, name="question_archive"),
    path("questions/<uuid:public_id>/restore/", views.question_restore, name="question_restore"),
    path("questions/<uuid:public_id>/<str:language>/", views.question_wording, name="question_wording"),
]
