# SPDX-License-Identifier: Apache-2.0
"""Addresses for staff who make sure of people."""

from django.urls import path

from .views import communities, desk, reviews

app_name = "identity_desk"
urlpatterns = [
    path("counter/", desk.type_code, name="counter"),
    path("counter/confirm/", desk.confirm, name="confirm"),
    path("communities/", communities.list_all, name="communities"),
    path("communities/register/", communities.register, name="register_community"),
    path("attesters/enrol/", communities.enrol, name="enrol"),
    path("attesters/<uuid:attester_id>/end/", communities.revoke, name="revoke"),
    path("reviews/", reviews.list_waiting, name="reviews"),
    path("reviews/<uuid:review_id>/", reviews.look, name="review"),
]
