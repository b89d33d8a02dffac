# SPDX-License-Identifier: Apache-2.0
from django.urls import path

from . import views

app_name = "consent"
urlpatterns = [
    path("", views.show_consents, name="list"),
    path("history/", views.show_history, name="history"),
    path("<uuid:consent_id>/withdraw/", views.withdraw, name="withdraw"),
    path("<uuid:consent_id>/receipt/", views.show_receipt, name="receipt"),
    path("<uuid:consent_id>/receipt.json", views.download_receipt, name="receipt_file"),
]
