# SPDX-License-Identifier: Apache-2.0
from django.urls import path

from . import views

app_name = "linking"
urlpatterns = [
    path("", views.show_directory, name="directory"),
    path("<slug:slug>/", views.show_agency, name="agency"),
    path("<slug:slug>/link/", views.start, name="start"),
    path("<slug:slug>/link/code/", views.enter_code, name="code"),
    path("<slug:slug>/link/questions/", views.answer_questions, name="questions"),
    path("<slug:slug>/link/review/", views.review, name="review"),
    path("<slug:slug>/link/unfinished/", views.unfinished, name="unfinished"),
    path("<slug:slug>/link/done/", views.done, name="done"),
    path("<slug:slug>/settle/", views.settle, name="settle"),
    path("<slug:slug>/unlink/", views.unlink, name="unlink"),
]
