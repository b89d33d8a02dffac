# SPDX-License-Identifier: Apache-2.0
"""Addresses of staff. None of them knows a person's session."""

from django.urls import path

from .views import home, members, passkeys, proposals, sign_in, suspensions

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
    path("proposals/", proposals.proposals, name="proposals"),
    path("proposals/<uuid:proposal_id>/approve/", proposals.approve, name="approve"),
    path("proposals/<uuid:proposal_id>/refuse/", proposals.refuse, name="refuse"),
    path("suspensions/", suspensions.suspensions, name="suspensions"),
    path("suspensions/<uuid:suspension_id>/lift/", suspensions.lift, name="lift"),
    path("suspensions/agency/", suspensions.suspend_agency, name="suspend_agency"),
    path("suspensions/client/", suspensions.suspend_client, name="suspend_client"),
    path("suspensions/key/", suspensions.suspend_key, name="suspend_key"),
    path("suspensions/person/", suspensions.suspend_person, name="suspend_person"),
    path("suspensions/staff/", suspensions.suspend_staff, name="suspend_staff"),
]
