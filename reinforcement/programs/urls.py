"""Addresses of programs."""

from django.urls import path

from reinforcement.programs import audience_views, comparison_views, simulation_views, views

urlpatterns = [
    path("programs/", views.program_list, name="program_list"),
    path("programs/new/", views.program_create, name="program_create"),
    path("programs/<uuid:public_id>/", views.program_detail, name="program_detail"),
    path("programs/<uuid:public_id>/edit/", views.program_edit, name="program_edit"),
    path("programs/<uuid:public_id>/questions/", views.program_questions, name="program_questions"),
    path("programs/<uuid:public_id>/questions/<uuid:question_id>/", views.program_question_move, name="program_question_move"),
    path("programs/<uuid:public_id>/audience/", audience_views.program_audience, name="program_audience"),
    path("programs/<uuid:public_id>/simulation/", simulation_views.program_simulation, name="program_simulation"),
    path("programs/<uuid:public_id>/comparison/", comparison_views.program_comparison, name="program_comparison"),
    path("programs/<uuid:public_id>/launch/", views.program_launch, name="program_launch"),
    path("programs/<uuid:public_id>/end/", views.program_end, name="program_end"),
]
