# SPDX-License-Identifier: Apache-2.0
from django.urls import path

from . import views

app_name = "identity"
urlpatterns = [
    path("", views.show_identity, name="identity"),
    path("provider/", views.go_to_provider, name="go"),
    path("return/", views.come_back, name="return"),
    path("done/", views.show_done, name="done"),
    path("end/<uuid:proofing_id>/", views.end_proof, name="end"),
]
