# SPDX-License-Identifier: Apache-2.0
from django.urls import path

from . import views

app_name = "inbox"
urlpatterns = [
    path("", views.list_letters, name="list"),
    path("<uuid:message_id>/", views.read_letter, name="message"),
    path("<uuid:message_id>/document/", views.download_document, name="document"),
    path("<uuid:message_id>/archive/", views.archive_letter, name="archive"),
    path("<uuid:message_id>/restore/", views.restore_letter, name="restore"),
]
