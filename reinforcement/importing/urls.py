from django.urls import path

from reinforcement.importing import views

urlpatterns = [
    path("questions/export/<str:file_format>/", views.question_export, name="question_export"),
    path("questions/import/", views.import_start, name="import_start"),
    path("questions/import/<uuid:public_id>/", views.import_check, name="import_check"),
    path("questions/import/<uuid:public_id>/read-as/", views.import_read_as, name="import_read_as"),
    path("questions/import/<uuid:public_id>/apply/", views.import_apply, name="import_apply"),
    path("questions/import/<uuid:public_id>/cancel/", views.import_cancel, name="import_cancel"),
]
