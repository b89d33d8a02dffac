# SPDX-License-Identifier: Apache-2.0
"""Addresses for staff who make sure of people."""

from django.urls import path

from .views import desk

app_name = "identity_desk"
urlpatterns = [
    path("counter/", desk.type_code, name="counter"),
    path("counter/confirm/", desk.confirm, name="confirm"),
]
