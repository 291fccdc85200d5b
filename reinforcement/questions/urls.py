from django.urls import path

from reinforcement.questions import import_views, views

urlpatterns = [
    path("questions/", views.question_list, name="question_list"),
    path("questions/new/", views.question_create, name="question_create"),
    path("questions/preview/", views.question_preview, name="question_preview"),
    path("questions/import/", import_views.import_start, name="import_start"),
    path("questions/import/<uuid:public_id>/", import_views.import_check, name="import_check"),
    path("questions/import/<uuid:public_id>/apply/", import_views.import_apply, name="import_apply"),
    path("questions/import/<uuid:public_id>/cancel/", import_views.import_cancel, name="import_cancel"),
    path("questions/<uuid:public_id>/", views.question_detail, name="question_detail"),
    path("questions/<uuid:public_id>/try/", views.question_try, name="question_try"),
    path("questions/<uuid:public_id>/archive/", views.question_archive, name="question_archive"),
    path("questions/<uuid:public_id>/restore/", views.question_restore, name="question_restore"),
    path("questions/<uuid:public_id>/<str:language>/", views.question_wording, name="question_wording"),
]
