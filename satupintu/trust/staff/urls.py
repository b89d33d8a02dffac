# SPDX-License-Identifier: Apache-2.0
"""Addresses of staff. None of them knows a person's session."""

from django.urls import path

from .views import home, members, passkeys, sign_in

app_name = "staff"
urlpatterns = [
    path("", home.home, name="home"),
    path("sign-in/", sign_in.sign_in, name="sign_in"),
    path("sign-in/options/", sign_in.options, name="sign_in_options"),
    path("sign-out/", sign_in.sign_out, name="sign_out"),
    path("join/<str:token>/", sign_in.join, name="join"),
    path("join/<str:token>/options/", sign_in.join_options, name="join_options"),
    path("passkeys/", passkeys.passkeys, name="passkeys"),
    path("passkeys/options/", passkeys.options, name="passkey_options"),
    path("passkeys/<uuid:passkey_id>/remove/", passkeys.remove, name="remove_passkey"),
    path("members/", members.members, name="members"),
    path("members/invite/", members.invite, name="invite"),
    path("members/<uuid:member_id>/", members.member, name="member"),
    path("members/<uuid:member_id>/invite/", members.invite_again, name="invite_again"),
    path("members/<uuid:member_id>/end/", members.end, name="end_member"),
    path("review/", members.review, name="review"),
    path("review/<uuid:member_id>/confirm/", members.confirm, name="confirm_member"),
]
