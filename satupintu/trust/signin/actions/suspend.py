# SPDX-License-Identifier: Apache-2.0
from satupintu.trust.signin.models import AccessToken, AuthorizationCode
from satupintu.trust.staff.actions import Suspended


def end_tokens_of_key(suspended: Suspended) -> None:
    """A stolen key may have got tokens already: those of its client are dead with it.

    Runs inside the transaction that suspends. For a client or an agency nothing is to be done:
    their tokens are refused when they are read.
    """
    if suspended.kind != "key":
        return
    client_id = suspended.target.partition(" ")[0]
    # Codes first: an exchange that is running keeps its code locked until its token is there.
    AuthorizationCode.objects.filter(client_id=client_id, expires_at__gt=suspended.at).update(
        expires_at=suspended.at
    )
    AccessToken.objects.filter(client_id=client_id, revoked_at=None).update(revoked_at=suspended.at)
