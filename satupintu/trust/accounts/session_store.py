# SPDX-License-Identifier: Apache-2.0
"""Sessions in PostgreSQL: ending one is deleting its row, and it ends everywhere at once.

The cookie holds 256 random bits; the row holds their SHA-256, so a copy of the table opens
nothing (safety rule 5). One query loads a session; once a minute one more writes "last seen".
"""

import hashlib
import secrets
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends.base import CreateError, UpdateError
from django.contrib.sessions.backends.db import SessionStore as DatabaseStore
from django.contrib.sessions.exceptions import SessionInterrupted
from django.db import IntegrityError, transaction
from django.db.models import Model
from django.utils import timezone

from satupintu.foundation.database.rows import fetch_row, list_columns
from satupintu.trust.rulebook import queries as rulebook

from .endings import end_rows
from .rules import assurance

SEEN_EVERY = timedelta(minutes=1)
# Someone who is not signed in keeps what she typed for a sign-up this long.
UNFINISHED_LIFETIME = timedelta(hours=2)
KEPT_EVENTS = 20
ENDED = "This session was ended while its request ran."


def hash_key(session_key: str) -> str:
    return hashlib.sha256(session_key.encode()).hexdigest()


def _require(session_key: str | None) -> str:
    assert session_key, "a session that was neither loaded nor created"  # noqa: S101
    return session_key


@cache
def _write_load_statement(model: type[Model]) -> str:
    return (
        f"SELECT {', '.join(list_columns(model))} FROM accounts_session "  # noqa: S608 - our own
        "WHERE session_key = %s AND expire_date > %s"
    )


class SessionStore(DatabaseStore):
    model: Any
    _row: Any = None

    @classmethod
    def get_model_class(cls) -> type:
        from satupintu.trust.accounts.models import AccountSession  # noqa: PLC0415

        return AccountSession

    @property
    def row(self) -> Any:
        """The session's row as loaded or written; None for a visitor without one."""
        self.keys()  # loads, where nothing has yet
        return self._row if self.session_key else None

    def load(self) -> dict[str, Any]:
        now = timezone.now()
        # Written out because every page pays for it.
        statement = _write_load_statement(self.model)
        row = fetch_row(self.model, statement, [hash_key(_require(self.session_key)), now])
        if row is None:
            self._session_key = None
            return {}
        if row.account_id is not None and now - row.last_seen_at >= SEEN_EVERY:
            self._mark_seen(row, now)
        self._row = row
        return self.decode(row.session_data)

    def _mark_seen(self, row: Any, now: datetime) -> None:
        changes: dict[str, Any] = {"last_seen_at": now}
        if row.al2_until is not None and now < row.al2_until:
            changes["al2_until"] = assurance.compute_al2_until(
                assurance.read_events(row.authentication_events),
                seen_at=now,
                idle=rulebook.get_duration("session.al2_idle", at=now),
                lifetime=rulebook.get_duration("session.al2_lifetime", at=now),
            )
        # A step-up that came between keeps what it wrote.
        self.model.objects.filter(session_key=row.session_key, al2_until=row.al2_until).update(
            **changes
        )
        for name, value in changes.items():
            setattr(row, name, value)

    def record_authentication(self, *, method: str, at: datetime, key: str = "") -> int:
        """Append an event to this session and answer the level that it is at now."""
        if self.session_key is None:
            self.create()
        lifetime = rulebook.get_duration("session.al2_lifetime", at=at)
        with transaction.atomic():
            row = (
                self.model.objects.select_for_update(of=("self",))
                .filter(session_key=hash_key(_require(self.session_key)))
                .first()
            )
            if row is None:
                raise SessionInterrupted(ENDED)
            events = assurance.read_events(row.authentication_events)
            level = assurance.compute_level(method, earlier=events, at=at, lifetime=lifetime)
            events.append(assurance.Event(method=method, at=at, level=level, key=key))
            row.authentication_events = [event.as_json() for event in events[-KEPT_EVENTS:]]
            row.last_seen_at = at
            if level == 2:
                row.al2_until = assurance.compute_al2_until(
                    events,
                    seen_at=at,
                    idle=rulebook.get_duration("session.al2_idle", at=at),
                    lifetime=lifetime,
                )
            row.save(update_fields=["authentication_events", "last_seen_at", "al2_until"])
        self._row = row
        # The expiry counts from the last event, so it is written again with the session.
        self.modified = True
        return level

    def describe(self, *, device: str, network: str, at: datetime) -> None:
        """Write down where this session began."""
        self.model.objects.filter(session_key=hash_key(_require(self.session_key))).update(
            device=device, network=network, started_at=at
        )
        if self._row is not None:
            self._row.device, self._row.network, self._row.started_at = device, network, at

    def get_session_cookie_age(self) -> int:
        now = timezone.now()
        if SESSION_KEY not in self:
            return int(UNFINISHED_LIFETIME.total_seconds())
        lifetime = rulebook.get_duration("session.al1_lifetime", at=now)
        events = assurance.read_events(self._row.authentication_events) if self._row else []
        began = events[-1].at if events else now
        return max(0, int((began + lifetime - now).total_seconds()))

    def get_expiry_age(self, **kwargs: Any) -> int:
        """How long the browser keeps the cookie, in seconds: past the session's own end, so that
        it can still be told why it is over."""
        told = timedelta(0)
        if SESSION_KEY in self:
            told = rulebook.get_duration("session.ending_told", at=timezone.now())
        return int(super().get_expiry_age(**kwargs) + told.total_seconds())

    def create_model_instance(self, data: dict[str, Any]) -> Any:
        return self.model(
            session_key=hash_key(_require(self.session_key)),
            session_data=self.encode(data),
            expire_date=self.get_expiry_date(),
            account_id=data.get(SESSION_KEY),
        )

    def save(self, must_create: bool = False) -> None:
        if self.session_key is None:
            self.create()
            return
        data = self._get_session(no_load=must_create)  # type: ignore[attr-defined]
        row = self.create_model_instance(data)
        if must_create:
            try:
                with transaction.atomic():
                    row.save(force_insert=True)
            except IntegrityError as error:
                raise CreateError from error
            self._row = row
            return
        # Only what Django's session holds: events and "last seen" have their own statements, so
        # two tabs cannot write over each other's proof.
        changed = self.model.objects.filter(session_key=row.session_key).update(
            session_data=row.session_data, expire_date=row.expire_date, account_id=row.account_id
        )
        if not changed:
            raise UpdateError

    def cycle_key(self) -> None:
        """A new key for the same row: what was proved stays, and the old cookie opens nothing.

        Raises SessionInterrupted where somebody ended the sign-in meanwhile: a request that still
        ran must not bring it back to life under a new key.
        """
        self.keys()
        old, new = self.session_key, self._get_new_session_key()
        moved = old and self.model.objects.filter(session_key=hash_key(old)).update(
            session_key=hash_key(new)
        )
        if old and not moved and SESSION_KEY in self:
            raise SessionInterrupted(ENDED)
        self._session_key = new
        self.modified = True
        if not moved:
            self.save(must_create=True)
        elif self._row is not None:
            self._row.session_key = hash_key(new)

    def exists(self, session_key: str) -> bool:
        return self.model.objects.filter(session_key=hash_key(session_key)).exists()

    def delete(self, session_key: str | None = None) -> None:
        key = session_key or self.session_key
        if key:
            rows = self.model.objects.filter(session_key=hash_key(key))
            end_rows(rows, is_sign_out=True, at=timezone.now())

    def flush(self) -> None:
        super().flush()
        self._row = None

    def _get_new_session_key(self) -> str:
        # 256 bits never meet twice, so nobody asks the database.
        return secrets.token_urlsafe(32)
