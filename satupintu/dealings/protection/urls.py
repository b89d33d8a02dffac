# SPDX-License-Identifier: Apache-2.0
"""Under /account/not-me/, beside the pages of accounts: neutral addresses (safety rule 21)."""

from django.urls import path

from .views import back, case

app_name = "protection"
urlpatterns = [
    path("freeze/", case.freeze, name="freeze"),
    path("case/", case.show_case, name="case"),
    path("case/<uuid:link_id>/take-back/", case.take_back, name="take_back"),
    path("case/<uuid:link_id>/end/", case.end, name="end"),
    path("back/", back.begin, name="back"),
    path("back/code/", back.show_code, name="back_code"),
    path("back/address/", back.name_address, name="back_address"),
    path("back/new/", back.choose_password, name="back_new"),
]
