# SPDX-License-Identifier: Apache-2.0
from django.db import models
from django.utils.translation import gettext_lazy as _

from satupintu.foundation.ids import new_id


class Activity(models.Model):
    """One line of what happened to an account: sign-ins, failures, changes.

    The person sees all of it. It names a rough device and network, never a full address.
    """

    class Kind(models.TextChoices):
        ACCOUNT_MADE = "account_made", _("You made your account")
        SIGNED_IN = "signed_in", _("You signed in")
        CONFIRMED = "confirmed", _("Confirmed again that it was you")
        SIGN_IN_FAILED = "sign_in_failed", _("A sign-in failed")
        SIGNED_OUT = "signed_out", _("You signed out")
        SESSION_ENDED = "session_ended", _("Ended a sign-in")
        OTHERS_ENDED = "others_ended", _("Ended all other sign-ins")
        PASSWORD_CHANGED = "password_changed", _("Changed the password")
        PASSWORD_RESET = "password_reset", _("Chose a new password after forgetting it")
        PASSWORD_REMOVED = "password_removed", _("Removed the password")
        PASSKEY_ADDED = "passkey_added", _("Added a passkey")
        PASSKEY_REMOVED = "passkey_removed", _("Removed a passkey")
        APP_ADDED = "app_added", _("You set up an authenticator app")
        APP_REMOVED = "app_removed", _("Removed the authenticator app")
        CODES_MADE = "codes_made", _("Made new recovery codes")
        CODE_USED = "code_used", _("Used a recovery code")
        EMAIL_CHANGED = "email_changed", _("Changed the e-mail address")
        NAME_CHANGED = "name_changed", _("Changed the name")
        RECORD_LINKED = "record_linked", _("Linked a record of an agency")
        RECORD_UNLINKED = "record_unlinked", _("Unlinked a record of an agency")
        FROZEN = "frozen", _("The account was frozen")
        GUARDS_DROPPED = "guards_dropped", _("Everything that opened the account was dropped")
        THAWED = "thawed", _("You have the account back")
        PAUSED = "paused", _("The account was paused with a code from a letter or an e-mail")

    pk = models.CompositePrimaryKey("account_id", "id")
    account_id = models.UUIDField()
    id = models.UUIDField(default=new_id, editable=False)
    at = models.DateTimeField()
    kind = models.CharField(max_length=30, choices=Kind)
    # Which session did it; empty for failures.
    session_id = models.UUIDField(null=True)
    device = models.CharField(max_length=80, blank=True)
    network = models.CharField(max_length=60, blank=True)
    # The address that hears of a change that guards the account, encrypted, until it was told.
    # It may be an old one, which the account itself no longer knows.
    sealed_address = models.TextField(blank=True)

    class Meta:
        db_table = "accounts_activity"
        indexes = [
            models.Index(fields=["account_id", "-at"], name="activity_by_person"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.id}"
