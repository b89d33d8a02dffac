# SPDX-License-Identifier: Apache-2.0
"""End what sign-ins gave: codes, refresh tokens, access tokens.

In this order, always. An exchange or a refresh that is running holds its code or its family until
its token is there; so whoever comes after it finds the token too. And by marks that no clock
undoes: what runs second may have looked at its clock first.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from satupintu.trust.signin.models import AccessToken, AuthorizationCode, RefreshFamily

# So often was a code presented that ended before anybody did.
USED_UP = 100


def end_given(of_these: Mapping[str, Any], *, at: datetime, spares_offline: bool = False) -> None:
    """End all that fits, by fields that codes, families and tokens have in common.

    `spares_offline`: refresh tokens that the person gave for her absence too go on.
    """
    codes = AuthorizationCode.objects.filter(**of_these, expires_at__gt=at)
    codes.update(expires_at=at, uses=USED_UP)
    families = RefreshFamily.objects.filter(**of_these, ended_at=None)
    (families.filter(is_offline=False) if spares_offline else families).update(ended_at=at)
    AccessToken.objects.filter(**of_these, revoked_at=None).update(revoked_at=at)


def end_grant(*, account_id: UUID, grant_id: UUID, at: datetime) -> bool:
    """Every refresh and access token of one sign-in, the first ones too. False where no refresh
    token of it lived."""
    of_it = {"account_id": account_id, "grant_id": grant_id}
    ended = RefreshFamily.objects.filter(**of_it, ended_at=None).update(ended_at=at)
    AccessToken.objects.filter(**of_it, revoked_at=None).update(revoked_at=at)
    return ended > 0


def end_offline_access(of_these: Mapping[str, Any], *, at: datetime) -> None:
    """End what goes on without the person, of the families that fit; what her session gives stays
    hers to end."""
    families = RefreshFamily.objects.filter(**of_these, is_offline=True, ended_at=None)
    for account_id, grant_id in families.values_list("account_id", "grant_id"):
        end_grant(account_id=account_id, grant_id=grant_id, at=at)


@transaction.atomic
def end_all_tokens(*, client_id: str | None, at: datetime) -> None:
    """Everything that one client holds, or all of them, is over.

    A restore brings the moment of its backup back: what was used or revoked since is good again,
    until this was done (safety rule 25).
    """
    end_given({} if client_id is None else {"client_id": client_id}, at=at)
