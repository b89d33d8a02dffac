# SPDX-License-Identifier: Apache-2.0
from django.urls import path

from . import access_log, views

app_name = "home"
urlpatterns = [
    path("", views.front, name="front"),
    path("home/", views.home, name="home"),
    path("home/access-log/", access_log.show_log, name="access_log"),
    path("home/access-log/access-log.json", access_log.download_json, name="access_log_json"),
    path("home/access-log/access-log.csv", access_log.download_csv, name="access_log_csv"),
    path("home/access-log/<uuid:access_id>/", access_log.show_line, name="access_line"),
    path("access-log/", access_log.show_public, name="access_log_public"),
    path("access-log/keys/", access_log.list_keys, name="access_log_keys"),
    path("access-log/heads/", access_log.list_heads, name="access_log_heads"),
    path(
        "access-log/heads/<int:old>/<int:new>/",
        access_log.prove_growth,
        name="access_log_growth",
    ),
    path("help/", views.help_page, name="help"),
    path("privacy/", views.privacy, name="privacy"),
]
