# SPDX-License-Identifier: Apache-2.0
"""Addresses of a person's own account. Names without a namespace are django-allauth's own."""

from django.urls import include, path

from . import views

own = [
    path("", views.security, name="security"),
    path("sessions/", views.sessions, name="sessions"),
    path("activity/", views.activity, name="activity"),
    path("confirm/", views.step_up, name="step_up"),
    path("not-me/", views.not_me, name="not_me"),
]

urlpatterns = [
    path("sign-in/", views.login, name="account_login"),
    path("sign-out/", views.logout, name="account_logout"),
    path("sign-up/", views.signup, name="account_signup"),
    path("forgotten/", views.reset, name="account_reset_password"),
    path("", include((own, "accounts"))),
]
