# SPDX-License-Identifier: Apache-2.0
"""Refresh tokens: given with a sign-in, used once each, ended together (ADR 0026)."""

import logging
from datetime import datetime, timedelta

from django.db import connection

from satupintu.foundation import crypto
from satupintu.trust.agencies.queries import AgencyCard
from satupintu.trust.rulebook import queries as rulebook
from satupintu.trust.signin.queries.families import SEPARATOR, Family, get_offline_end

from .codes import Release
from .given import end_grant

log = logging.getLogger(__name__)

_START = """
    INSERT INTO signin_refresh_family (family_hash, token_hash, grant_id, client_id, account_id,
        session_id, is_offline, is_bound, subject, scope, attributes, acr, amr, authenticated_at,
        issued_at, ends_at, expires_at)
    VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)
"""
# One statement uses the old token up, makes the new one good, and stores what is given for it. Of
# two that hold the same token, the second waits for the first and then finds another one good.
_RENEW = """
    WITH renewed AS (
        UPDATE signin_refresh_family SET token_hash = %s, expires_at = LEAST(ends_at, %s)
        WHERE family_hash = %s AND token_hash = %s AND ended_at IS NULL AND expires_at > %s
        RETURNING client_id, account_id, grant_id, session_id, is_offline, subject
    )
    INSERT INTO signin_access_token (token_hash, client_id, account_id, grant_id, session_id,
        subject, scope, attributes, dpop_jkt, changes_wait_until, issued_at, expires_at)
    SELECT %s, client_id, account_id, grant_id, CASE WHEN is_offline THEN NULL ELSE session_id END,
        subject, %s, %s, %s, %s, %s, %s
    FROM renewed
"""


def start_family(
    *,
    release: Release,
    client_id: str,
    agency: AgencyCard,
    is_offline: bool,
    is_bound: bool,
    at: datetime,
) -> str | None:
    """The first refresh token of a sign-in; None where its time would be over already.

    `is_offline`: it outlives her session, as she agreed. `is_bound`: it was asked for with a key.
    """
    if release.session_id is None:
        return None
    # Without her, it counts from her yes; in her session, from the proof that she gave.
    ends_at = (
        get_offline_end(agency_slug=agency.slug, at=at)
        if is_offline
        else release.authenticated_at
        + rulebook.get_duration("signin.refresh_token_lifetime", agency=agency.slug, at=at)
    )
    if ends_at <= at:
        return None
    family = crypto.new_secret()
    token = _new_token(family)
    with connection.cursor() as cursor:
        cursor.execute(
            _START,
            [
                crypto.hash_secret(family),
                crypto.hash_secret(token),
                release.grant_id,
                client_id,
                release.account_id,
                release.session_id,
                is_offline,
                is_bound,
                release.subject,
                release.scope,
                " ".join(release.userinfo_attributes),
                release.acr,
                " ".join(release.methods),
                release.authenticated_at,
                at,
                ends_at,
                min(ends_at, _idle_until(at)),
            ],
        )
    return token


def renew(
    *,
    family: Family,
    token: str,
    rotates: bool,
    access_token: str,
    scope: str,
    attributes: str,
    dpop_jkt: str,
    changes_wait_until: datetime | None,
    lifetime: timedelta,
    at: datetime,
) -> str | None:
    """Use a refresh token for an access token; answers the refresh token that is good now: the
    next one, or the same where it does not rotate. None where somebody was first, or where the
    family ended meanwhile; nothing is given then, and a family that lives is ended.
    """
    following = _new_token(token.partition(SEPARATOR)[0]) if rotates else token
    with connection.cursor() as cursor:
        cursor.execute(
            _RENEW,
            [
                crypto.hash_secret(following),
                _idle_until(at),
                family.family_hash,
                crypto.hash_secret(token),
                at,
                crypto.hash_secret(access_token),
                scope,
                attributes,
                dpop_jkt,
                changes_wait_until,
                at,
                at + lifetime,
            ],
        )
        is_first = cursor.rowcount == 1
    if not is_first:
        end_family_of_reused(family, at=at)
        return None
    return following


def end_family_of_reused(family: Family, *, at: datetime) -> None:
    """A token that was used before came again: its client or somebody else holds a copy, and
    nobody can tell which of them is which (RFC 9700, section 4.14.2)."""
    if end_grant(account_id=family.account_id, grant_id=family.grant_id, at=at):
        log.warning(
            "signin.refresh_token_reused grant_id=%s client_id=%s",
            family.grant_id,
            family.client_id,
        )


def _new_token(family: str) -> str:
    return f"{family}{SEPARATOR}{crypto.new_secret()}"


def _idle_until(at: datetime) -> datetime:
    return at + rulebook.get_duration("signin.refresh_token_idle", at=at)
