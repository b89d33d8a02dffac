# SPDX-License-Identifier: Apache-2.0
from datetime import datetime

from satupintu.foundation import crypto
from satupintu.trust.signin.models import AccessToken
from satupintu.trust.signin.queries.families import get_family, is_refresh_token

from .given import end_grant


def revoke_token(*, token: str, client_id: str, at: datetime) -> None:
    """A client needs a token of its own no more (RFC 7009): an access token ends alone, a refresh
    token, the good one or an older one, with everything that the same sign-in gave.

    Nothing happens to another client's token, or to what is none.
    """
    if is_refresh_token(token):
        family = get_family(token=token, at=at)
        if family is not None and family.client_id == client_id:
            end_grant(account_id=family.account_id, grant_id=family.grant_id, at=at)
        return
    AccessToken.objects.filter(
        token_hash=crypto.hash_secret(token), client_id=client_id, revoked_at=None
    ).update(revoked_at=at)
