# SPDX-License-Identifier: Apache-2.0
"""Under /staff/cases/."""

from django.urls import path

from .views import desk

app_name = "cases"
urlpatterns = [
    path("", desk.cases, name="cases"),
    path("freeze/", desk.freeze_for_caller, name="freeze"),
    path("<str:number>/", desk.case, name="case"),
]
