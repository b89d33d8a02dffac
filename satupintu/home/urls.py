# SPDX-License-Identifier: Apache-2.0
from django.urls import path

from . import views

app_name = "home"
urlpatterns = [
    path("", views.front, name="front"),
    path("home/", views.home, name="home"),
    path("home/access-log/", views.access_log, name="access_log"),
    path("help/", views.help_page, name="help"),
    path("privacy/", views.privacy, name="privacy"),
]
