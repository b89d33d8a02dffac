# SPDX-License-Identifier: Apache-2.0
from django.urls import path

from . import views

app_name = "questions"
urlpatterns = [
    path("home/access-log/questions/", views.list_own, name="list"),
    path("home/access-log/<uuid:access_id>/why/", views.why, name="why"),
    path("staff/questions/", views.list_for_staff, name="staff_list"),
    path("staff/questions/<uuid:question_id>/", views.answer, name="staff_answer"),
]
