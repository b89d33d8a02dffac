# SPDX-License-Identifier: Apache-2.0
from typing import ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from satupintu.foundation.ids import new_id


class AccountManager(BaseUserManager["Account"]):
    """Finds accounts. None is made here: people sign up through an action."""


class Account(AbstractBaseUser):
    """One person's account. Nobody in it is staff: staff members are a kind of their own.

    The id is a UUIDv7 and never leaves the portal; agencies know a person by a subject of
    their sector (design rule 1).
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    # Confirmed by a code before the account was made, or before the change: it is never a guess.
    email = models.EmailField(_("e-mail address"), unique=True)
    # One field, because many people have one name and others have seven.
    full_name = models.CharField(_("full name"), max_length=200, blank=True)
    language = models.CharField(max_length=10, default="id")
    is_active = models.BooleanField(default=True)
    joined_at = models.DateTimeField(default=timezone.now)
    # Nobody gets in until it was given back after proofing. It stands here and not in a row of its
    # own because whoever signs in or changes a guard has this row in hand already.
    frozen_at = models.DateTimeField(null=True)

    objects: ClassVar[AccountManager] = AccountManager()

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    class Meta:
        db_table = "accounts_account"
        constraints = [
            # Sari@nusa.example and sari@nusa.example are one mailbox, so one account.
            models.CheckConstraint(
                name="account_email_is_lower_case",
                condition=models.Q(email=Lower("email")),
            ),
        ]

    def __str__(self) -> str:
        return str(self.id)
