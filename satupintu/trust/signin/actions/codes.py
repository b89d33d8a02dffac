# SPDX-License-Identifier: Apache-2.0
"""Authorization codes: stored as hashes, exchanged once.

On the way that every sign-in takes, statements are written out: building one with the ORM costs
four times the CPU of sending it.
"""

import logging
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import connection

from satupintu.foundation import crypto
from satupintu.foundation.ids import new_id
from satupintu.trust.accounts import queries as accounts
from satupintu.trust.rulebook import queries as rulebook

from .given import USED_UP, end_grant

# Whatever the rulebook says (FAPI 2.0 Security Profile, section 5.3.2.1).
LONGEST_LIFE = timedelta(seconds=60)

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class SignIn:
    """What a code stands for: a person, as one session proved her, for one request."""

    account_id: UUID
    session_id: UUID
    subject: str
    client_id: str
    redirect_uri: str
    scope: str
    nonce: str
    code_challenge: str
    acr: str
    methods: tuple[str, ...]
    authenticated_at: datetime
    userinfo_attributes: tuple[str, ...] = ()
    id_token_attributes: tuple[str, ...] = ()
    dpop_jkt: str = ""
    changes_wait_until: datetime | None = None  # her link there is provisional until then


@dataclass(frozen=True)
class Release:
    """What a code gave when it was exchanged, as Authlib's grant asks for it."""

    grant_id: UUID
    account_id: UUID
    session_id: UUID | None
    subject: str
    redirect_uri: str
    scope: str
    nonce: str
    code_challenge: str
    acr: str
    methods: tuple[str, ...]
    authenticated_at: datetime
    userinfo_attributes: tuple[str, ...] = ()
    id_token_attributes: tuple[str, ...] = ()
    dpop_jkt: str = ""
    changes_wait_until: datetime | None = None
    code_challenge_method: str = "S256"

    def get_redirect_uri(self) -> str:
        return self.redirect_uri

    def get_scope(self) -> str:
        return self.scope


class SessionOver(Exception):
    """The session that was asked ended while the answer was made."""


_STORE_CODE = f"""
    INSERT INTO signin_code (code_hash, grant_id, client_id, account_id, session_id, subject,
        redirect_uri, scope, nonce, code_challenge, acr, amr, authenticated_at,
        userinfo_attributes, id_token_attributes, dpop_jkt, changes_wait_until, expires_at, uses)
    SELECT %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, 0
    WHERE {accounts.SESSION_STANDS}
"""


def store_code(*, code: str, sign_in: SignIn, at: datetime) -> None:
    """Keep what the code stands for until it is exchanged, or for a minute.

    Raises SessionOver; nothing is stored then. A session that ends later takes the code with it:
    the statement holds the session's row, so there is no moment between the two.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            _STORE_CODE,
            [
                crypto.hash_secret(code),
                new_id(),
                sign_in.client_id,
                sign_in.account_id,
                sign_in.session_id,
                sign_in.subject,
                sign_in.redirect_uri,
                sign_in.scope,
                sign_in.nonce,
                sign_in.code_challenge,
                sign_in.acr,
                " ".join(sign_in.methods),
                sign_in.authenticated_at,
                " ".join(sign_in.userinfo_attributes),
                " ".join(sign_in.id_token_attributes),
                sign_in.dpop_jkt,
                sign_in.changes_wait_until,
                at + min(rulebook.get_duration("signin.code_lifetime", at=at), LONGEST_LIFE),
                sign_in.session_id,
            ],
        )
        if cursor.rowcount == 0:
            raise SessionOver


def redeem_code(*, code: str, client_id: str, at: datetime) -> Release | None:
    """Use a code up and answer what it stands for; None when it is not good.

    One statement counts the use and reads the row, so of two exchanges at once exactly one is
    the first. A second one means that somebody else holds the code: what the first was given is
    taken back (RFC 6749, section 4.1.2). Another client's code is left as it was.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            """
            UPDATE signin_code SET uses = uses + 1
            WHERE code_hash = %s AND client_id = %s AND uses < %s
            RETURNING uses, expires_at, grant_id, account_id, session_id, subject, redirect_uri,
                scope, nonce, code_challenge, acr, amr, authenticated_at, userinfo_attributes,
                id_token_attributes, dpop_jkt, changes_wait_until
            """,
            [crypto.hash_secret(code), client_id, USED_UP],
        )
        row = cursor.fetchone()
    if row is None:
        return None
    uses, expires_at, grant_id, account_id, session_id, subject, redirect_uri, *rest = row
    scope, nonce, code_challenge, acr, amr, authenticated_at, *asked = rest
    in_userinfo, in_id_token, dpop_jkt, changes_wait_until = asked
    if uses > 1:
        end_grant(account_id=account_id, grant_id=grant_id, at=at)
        log.warning("signin.code_replayed grant_id=%s client_id=%s", grant_id, client_id)
        return None
    if expires_at <= at:
        return None
    return Release(
        grant_id=grant_id,
        account_id=account_id,
        session_id=session_id,
        subject=subject,
        redirect_uri=redirect_uri,
        scope=scope,
        nonce=nonce,
        code_challenge=code_challenge,
        acr=acr,
        methods=tuple(amr.split()),
        authenticated_at=authenticated_at,
        userinfo_attributes=tuple(in_userinfo.split()),
        id_token_attributes=tuple(in_id_token.split()),
        dpop_jkt=dpop_jkt,
        changes_wait_until=changes_wait_until,
    )
