# SPDX-License-Identifier: Apache-2.0
"""Link by link: she takes it back, or ends it."""

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from satupintu.dealings.linking import actions as linking
from satupintu.dealings.linking import queries as links
from satupintu.dealings.protection import rules
from satupintu.dealings.protection.models import Case, FrozenLink
from satupintu.foundation.errors import Refusal
from satupintu.trust.accounts import actions as accounts
from satupintu.trust.identity import queries as identity

from .tell import defer_telling


class NoSuchLink(Refusal):
    code = "no_such_frozen_link"
    message = _("This was decided already.")
    status = 409


class LevelTooLow(Refusal):
    code = "level_too_low"
    message = _(
        "You linked this record with a stronger proof of who you are. Prove it as strongly once "
        "more, then take it back."
    )
    status = 403


def _hold(account_id: UUID, link_id: UUID, at: datetime) -> FrozenLink:
    """The undecided line of an open case whose person has new guards. Raises NoSuchLink or
    AccountFrozen: a page that was open before a second freeze decides nothing after it."""
    accounts.refuse_while_paused(account_id=account_id, at=at)
    line = FrozenLink.objects.filter(account_id=account_id, link_id=link_id, outcome="").first()
    if (
        line is None
        or not Case.objects.filter(
            account_id=account_id, id=line.case_id, closed_at=None, renewed_at__isnull=False
        ).exists()
    ):
        raise NoSuchLink
    return line


@transaction.atomic
def take_back_link(*, account_id: UUID, link_id: UUID, at: datetime) -> None:
    """The link is hers: it gives again what it gave, and its agency is told. The page asks for
    two factors first. Raises NoSuchLink, LevelTooLow, AccountPaused or AccountFrozen."""
    line = _hold(account_id, link_id, at)
    if not rules.may_take_back(
        identity_level=identity.get_level(account_id=account_id, at=at),
        link_level=links.get_identity_level(account_id=account_id, link_id=link_id),
    ):
        raise LevelTooLow
    linking.thaw_link(account_id=account_id, link_id=link_id)
    FrozenLink.objects.filter(account_id=account_id, id=line.id).update(
        outcome=FrozenLink.Outcome.RESTORED, changed_at=at, heard_at=None
    )
    defer_telling(line)
    _close_if_decided(account_id, line.case_id, at)


@transaction.atomic
def end_link(*, account_id: UUID, link_id: UUID, at: datetime) -> None:
    """The link is not hers, or not wanted: it ends as any link ends. Raises as above."""
    line = _hold(account_id, link_id, at)
    link = links.get_link(account_id=account_id, agency_slug=line.agency)
    if link is None or link.id != link_id:
        # It ended elsewhere. What is joined at this agency now is another link, and stays.
        raise NoSuchLink
    linking.unlink(account_id=account_id, agency_slug=line.agency, at=at)
    _note(line, at)


@transaction.atomic
def note_ended(*, account_id: UUID, link_id: UUID, at: datetime) -> None:
    """A link was ended elsewhere. Idempotent."""
    # A second freeze comes before or after, never while the case is closed.
    accounts.hold_account(account_id=account_id)
    for line in FrozenLink.objects.filter(account_id=account_id, link_id=link_id, outcome=""):
        _note(line, at)


def _note(line: FrozenLink, at: datetime) -> None:
    # Linking tells the agency of the end; nothing of ours is left to hear.
    FrozenLink.objects.filter(account_id=line.account_id, id=line.id).update(
        outcome=FrozenLink.Outcome.ENDED, changed_at=at, heard_at=at
    )
    _close_if_decided(line.account_id, line.case_id, at)


def _close_if_decided(account_id: UUID, case_id: UUID, at: datetime) -> None:
    if not FrozenLink.objects.filter(account_id=account_id, case_id=case_id, outcome="").exists():
        Case.objects.filter(
            account_id=account_id, id=case_id, renewed_at__isnull=False, closed_at=None
        ).update(closed_at=at)
