# SPDX-License-Identifier: Apache-2.0
"""Addresses of a person's own account.

The names without a namespace are django-allauth's own; the views behind them are ours, and none
of allauth's can be reached.
"""

from django.urls import include, path

from .views import email, pause, recover, security, sessions, sign_in, sign_up

own = [
    path("", security.security, name="security"),
    path("sign-up/code/", sign_up.signup_code, name="signup_code"),
    path("sign-up/code/again/", sign_up.signup_code_again, name="signup_code_again"),
    path("sign-up/protect/", sign_up.signup_guard, name="signup_guard"),
    path("sign-up/second/", sign_up.signup_second, name="signup_second"),
    path("sign-up/passkey/", sign_up.signup_passkey_options, name="signup_passkey_options"),
    path("sign-in/second/", sign_in.second_factor, name="second_factor"),
    path("sign-in/passkey/", sign_in.passkey_sign_in, name="passkey_sign_in"),
    path("sign-in/passkey/options/", sign_in.passkey_options, name="passkey_options"),
    path("signed-out/", sign_in.signed_out, name="signed_out"),
    path("confirm/", sign_in.step_up, name="step_up"),
    path("cannot-sign-in/", recover.locked_out, name="locked_out"),
    path("forgotten/code/", recover.reset_code, name="reset_code"),
    path("forgotten/code/again/", recover.reset_code_again, name="reset_code_again"),
    path("forgotten/new/", recover.reset_new, name="reset_new"),
    path("second/", security.second_factor_wanted, name="second_factor_wanted"),
    path("app/", security.add_app, name="add_app"),
    path("app/remove/", security.remove_app, name="remove_app"),
    path("passkeys/add/", security.add_passkey, name="add_passkey"),
    path("passkeys/add/options/", security.passkey_creation_options, name="passkey_creation"),
    path("passkeys/<int:passkey_id>/remove/", security.remove_passkey, name="remove_passkey"),
    path("recovery-codes/", sign_up.recovery_codes, name="recovery_codes"),
    path("recovery-codes/new/", security.new_codes, name="new_codes"),
    path("password/", security.change_password, name="change_password"),
    path("password/remove/", security.remove_password, name="remove_password"),
    path("email/", email.change_email, name="change_email"),
    path("email/code/", email.email_code, name="email_code"),
    path("email/code/again/", email.email_code_again, name="email_code_again"),
    path("name/", security.change_name, name="change_name"),
    path("language/", security.choose_language, name="choose_language"),
    path("sessions/", sessions.sessions, name="sessions"),
    path("sessions/end-others/", sessions.end_others, name="end_others"),
    path("sessions/<uuid:session_id>/end/", sessions.end_session, name="end_session"),
    path("stay/", sessions.stay, name="stay"),
    path("activity/", sessions.activity, name="activity"),
    path("not-me/", sessions.not_me, name="not_me"),
    path("not-me/code/", pause.pause, name="pause"),
]

urlpatterns = [
    path("sign-in/", sign_in.login, name="account_login"),
    path("sign-out/", sign_in.logout, name="account_logout"),
    path("sign-up/", sign_up.signup, name="account_signup"),
    path("forgotten/", recover.reset, name="account_reset_password"),
    path("", include((own, "accounts"))),
]
