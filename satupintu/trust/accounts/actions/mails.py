# SPDX-License-Identifier: Apache-2.0
"""Mails about the account itself: text only, no links, in the person's language.

They leave through a job, whose arguments are encrypted: a table of jobs holds no address and no
code in clear.
"""

import json
from datetime import datetime

from django.utils import translation
from django.utils.translation import gettext as _
from procrastinate.contrib.django import app as jobs

from satupintu.design.formats import format_moment
from satupintu.foundation.crypto import encrypt
from satupintu.trust.accounts.rules.pauses import group_code


def queue_mail(*, to: str, subject: str, body: str) -> None:
    """Send from the worker. Commits or vanishes with the caller's transaction."""
    sealed = encrypt(json.dumps({"to": to, "subject": subject, "body": body}))
    jobs.configure_task("satupintu.trust.accounts.tasks.send_sealed_mail").defer(sealed=sealed)


def _sign(*paragraphs: str) -> str:
    return "\n\n".join((*paragraphs, _("Satu Pintu"))) + "\n"


def _group(digits: str) -> str:
    return f"{digits[:3]} {digits[3:]}"


def queue_code(*, to: str, digits: str, purpose: str, language: str) -> None:
    """The six digits that confirm an address or help recovery."""
    with translation.override(language):
        why = {
            "signup": _("You are making an account at Satu Pintu. Type this code on the page:"),
            "reset": _(
                "You are choosing a new password at Satu Pintu. Type this code on the page:"
            ),
            "renew": _("You are getting your account back. Type this code on the page:"),
            "email": _("You are changing your address at Satu Pintu. Type this code on the page:"),
        }[purpose]
        queue_mail(
            to=to,
            subject=_("Your code for Satu Pintu"),
            body=_sign(
                why,
                f"    {_group(digits)}",
                _("It is valid for 30 minutes. Never tell it to anybody: we never ask for it."),
                _("Did you not ask for this? Then you need do nothing."),
            ),
        )


def queue_account_exists(*, to: str, language: str) -> None:
    """To somebody who signs up, or takes as a new address, one that has an account."""
    with translation.override(language):
        queue_mail(
            to=to,
            subject=_("You already have an account"),
            body=_sign(
                _("Somebody, perhaps you, tried to use this address for an account at Satu Pintu."),
                _(
                    "There is one already. Sign in with it; if you forgot the password, choose "
                    '"I cannot sign in" on the sign-in page.'
                ),
                _("Was it not you? Then you need do nothing: your account is safe."),
            ),
        )


def queue_no_account(*, to: str, language: str) -> None:
    """To an address without an account that asks for a new password."""
    with translation.override(language):
        queue_mail(
            to=to,
            subject=_("There is no account with this address"),
            body=_sign(
                _(
                    "Somebody, perhaps you, asked for a new password at Satu Pintu. There is no "
                    "account with this address."
                ),
                _("Perhaps you used another address. If it was not you, you need do nothing."),
            ),
        )


def queue_paused(*, to: str, ends_at: datetime, at: datetime) -> None:
    """To the owner of an account that was paused with a code; in the language that is active."""
    queue_mail(
        to=to,
        subject=_("Your account is paused"),
        body=_sign(
            _(
                "Your account at Satu Pintu was paused with a code from a letter or an e-mail "
                "that told of a change."
            ),
            format_moment(at),
            _(
                "Until %(moment)s nobody signs in to it, links a record or changes what guards "
                "it. Nothing was deleted or undone. Payments to you and appointments go on."
            )
            % {"moment": format_moment(ends_at)},
            _(
                "The pause ends by itself. If you think that somebody paused it against you, go "
                "to the office of the agency with your identity card."
            ),
        ),
    )


def write_notice(*, what: str, code: str, at: datetime, language: str) -> tuple[str, str]:
    """Subject and body of the mail about a change that guards the account: the fact and the
    time, nothing about where from or what to (safety rule 12)."""
    with translation.override(language):
        words = {
            "password_changed": _("The password of your account was changed."),
            "password_reset": _("A new password was chosen for your account."),
            "password_removed": _("The password of your account was removed."),
            "passkey_added": _("A passkey was added to your account."),
            "passkey_removed": _("A passkey was removed from your account."),
            "app_added": _("An authenticator app was set up for your account."),
            "app_removed": _("The authenticator app was removed from your account."),
            "codes_made": _("New recovery codes were made for your account."),
            "code_used": _("A recovery code of your account was used."),
            "email_changed": _("The e-mail address of your account was changed."),
        }[what]
        body = _sign(
            words,
            format_moment(at),
            _("Was it you? Then you need do nothing."),
            _(
                "Was it not you? Type the address of Satu Pintu yourself, choose "
                '"It was not me" at the foot of the page, and type this pause code:'
            ),
            f"    {group_code(code)}",
            _(
                "It stops every sign-in to the account for a while, and needs no password. "
                "It can do nothing else."
            ),
        )
        return _("Something changed in your account"), body
