# SPDX-License-Identifier: Apache-2.0
"""Check and choose passwords."""

import gzip
from collections.abc import Iterable
from datetime import datetime
from functools import cache
from pathlib import Path

from django.contrib.auth import password_validation
from django.contrib.auth.hashers import check_password, make_password
from django.utils.translation import gettext_lazy as _

from satupintu.foundation.errors import Refusal
from satupintu.trust.accounts.models import Account
from satupintu.trust.accounts.rules import passwords as rules
from satupintu.trust.rulebook import queries as rulebook

HERE = Path(__file__).parents[1]


class PasswordTooShort(Refusal):
    code = "password_too_short"

    def __init__(self, minimum: int) -> None:
        super().__init__(_("Use at least %(minimum)s characters.") % {"minimum": minimum})


class PasswordTooLong(Refusal):
    code = "password_too_long"
    message = _("Use at most 1,024 characters.")


class PasswordTooCommon(Refusal):
    code = "password_too_common"
    message = _("Many people use this password, so it is guessed first. Choose another.")


class PasswordPersonal(Refusal):
    code = "password_personal"
    message = _("This is your name or your e-mail address. Choose something others cannot know.")


@cache
def list_common_passwords() -> frozenset[str]:
    """Django's 20,000 and the ones that people here think of."""
    theirs = Path(password_validation.__file__).parent / "common-passwords.txt.gz"
    with gzip.open(theirs, "rt", encoding="utf-8") as file:
        words = {line.strip() for line in file}
    ours = (HERE / "common_passwords_id.txt").read_text("utf-8").split()
    return frozenset(words | set(ours))


@cache
def _dummy_hash() -> str:
    return make_password("nobody has this password")


def get_minimum(*, with_second_factor: bool, at: datetime) -> int:
    name = "with_second_factor" if with_second_factor else "alone"
    return rulebook.get_integer(f"accounts.password_{name}", at=at)


def hash_new_password(
    *, typed: str, with_second_factor: bool, personal: Iterable[str], at: datetime
) -> str:
    """The hash to store. Raises a Refusal that says what to change (safety rule 3)."""
    # A pasted book need not be read to its end to be too long.
    password = rules.normalize_password(typed[: 4 * rules.LONGEST])
    minimum = get_minimum(with_second_factor=with_second_factor, at=at)
    fault = rules.find_fault(
        password, minimum=minimum, common=list_common_passwords(), personal=personal
    )
    if fault == "too_short":
        raise PasswordTooShort(minimum)
    if fault == "too_long":
        raise PasswordTooLong
    if fault == "too_common":
        raise PasswordTooCommon
    if fault == "personal":
        raise PasswordPersonal
    return make_password(password)


def is_password_right(*, account: Account | None, typed: str) -> bool:
    """One hash is computed whether or not there is an account with a password (no enumeration
    by time)."""
    # Longer than any password can be: hashing it would only cost.
    password = rules.normalize_password(typed[: rules.LONGEST + 1])
    usable = account is not None and account.is_active and account.has_usable_password()
    encoded = account.password if account is not None and usable else _dummy_hash()
    return check_password(password, encoded) and usable
