# SPDX-License-Identifier: Apache-2.0
"""The two ways to prove that a record is one's own. Neither joins anything yet."""

from datetime import datetime, timedelta
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from satupintu.dealings.exchange import actions as exchange
from satupintu.dealings.linking import queries
from satupintu.dealings.linking.models import Link, LinkAttempt
from satupintu.dealings.linking.rules import Route, Step, is_whole_code
from satupintu.foundation import crypto
from satupintu.foundation.errors import Refusal
from satupintu.trust.rulebook import queries as rulebook

from . import tries

# One of those who collide always succeeds, so nobody collides more often than there are others.
TABS_AT_ONCE = 10


class AlreadyLinked(Refusal):
    code = "already_linked"
    message = _("Your record at this agency is linked already.")
    status = 409


class CodeIsNotWhole(Refusal):
    code = "code_is_not_whole"
    message = _("The code has twelve letters and digits. Compare it with the letter.")


def send_enquiry(
    *,
    account_id: UUID,
    device_key: str,
    agency_slug: str,
    answers: dict[str, str],
    language: str,
    at: datetime,
) -> None:
    """Let the agency find a record by answers and send a code to the contact it holds.

    The answers open nothing (safety rule 1), and are not kept. Every enquiry counts, one that
    found a record too: each sends somebody a message. Raises AlreadyLinked, RouteClosed,
    AnswersFitNothing or an exchange.AgencyUnavailable.
    """
    _refuse_second_link(account_id=account_id, agency_slug=agency_slug)
    left = tries.count_try(
        account_id=account_id,
        device_key=device_key,
        agency_slug=agency_slug,
        step=Step.ANSWERS,
        at=at,
    )
    try:
        enquiry = exchange.send_enquiry(
            agency_slug=agency_slug, answers=answers, language=language, at=at
        )
    except exchange.NoMatch as error:
        _refuse_last_try(left, route=Route.QUESTIONS, agency_slug=agency_slug, at=at)
        raise tries.AnswersFitNothing(tries_left=left) from error
    except exchange.WayClosed as error:
        raise _closed_there(error, Route.QUESTIONS, agency_slug, at) from error
    except (exchange.AgencyUnavailable, exchange.AgencyTakesNoPart):
        tries.give_try_back(
            account_id=account_id,
            device_key=device_key,
            agency_slug=agency_slug,
            step=Step.ANSWERS,
            at=at,
        )
        raise
    _keep_attempt(
        LinkAttempt(
            account_id=account_id,
            agency=agency_slug,
            route=Route.QUESTIONS,
            started_at=at,
            expires_at=min(enquiry.expires_at, at + _lifetime(agency_slug, at)),
            sent_channel=enquiry.sent_to.channel,
            sent_masked_encrypted=crypto.encrypt(enquiry.sent_to.masked),
        )
    )


def enter_code(
    *, account_id: UUID, device_key: str, agency_slug: str, code: str, at: datetime
) -> UUID:
    """Ask the agency whether a code fits a record, and remember for a while that it does.

    `code` is as typed: spaces, small letters and look-alikes are fine. Answers the id that
    `confirm_link` wants. Raises AlreadyLinked, CodeIsNotWhole (counts nothing), RouteClosed,
    CodeFitsNothing or an exchange.AgencyUnavailable.
    """
    _refuse_second_link(account_id=account_id, agency_slug=agency_slug)
    normalised = crypto.normalize_code(code)
    if not is_whole_code(normalised):
        raise CodeIsNotWhole
    before = queries.get_attempt(account_id=account_id, agency_slug=agency_slug, at=at)
    was_sent = before is not None and bool(before.sent_masked)
    step = Step.SENT_CODE if was_sent else Step.LETTER_CODE
    try:
        match = _match_code(
            account_id=account_id,
            device_key=device_key,
            agency_slug=agency_slug,
            code=normalised,
            step=step,
            at=at,
        )
    except tries.RouteClosed:
        # The page of the code is the letter's again, where that way is open.
        if was_sent:
            abandon_attempt(account_id=account_id, agency_slug=agency_slug)
        raise
    attempt = LinkAttempt(
        account_id=account_id,
        agency=agency_slug,
        route=step.route,
        started_at=at,
        expires_at=at + _lifetime(agency_slug, at),
        sent_channel=before.sent_channel if before else "",
        sent_masked_encrypted=crypto.encrypt(before.sent_masked) if before and was_sent else "",
        match_id_encrypted=crypto.encrypt(match.match_id),
        record_ref_encrypted=crypto.encrypt(match.record_ref),
        record_hint_encrypted=crypto.encrypt(match.record_hint),
    )
    _keep_attempt(attempt)
    return attempt.id


def _match_code(
    *,
    account_id: UUID,
    device_key: str,
    agency_slug: str,
    code: str,
    step: Step,
    at: datetime,
) -> exchange.Match:
    left = tries.count_try(
        account_id=account_id, device_key=device_key, agency_slug=agency_slug, step=step, at=at
    )
    try:
        match = exchange.match_code(agency_slug=agency_slug, code=code, at=at)
    except exchange.NoMatch as error:
        _refuse_last_try(left, route=step.route, agency_slug=agency_slug, at=at)
        raise tries.CodeFitsNothing(tries_left=left) from error
    except exchange.WayClosed as error:
        raise _closed_there(error, step.route, agency_slug, at) from error
    except (exchange.AgencyUnavailable, exchange.AgencyTakesNoPart):
        tries.give_try_back(
            account_id=account_id, device_key=device_key, agency_slug=agency_slug, step=step, at=at
        )
        raise
    tries.give_try_back(
        account_id=account_id, device_key=device_key, agency_slug=agency_slug, step=step, at=at
    )
    return match


def abandon_attempt(*, account_id: UUID, agency_slug: str) -> None:
    """The person changed her mind. The agency's code stays good until it expires."""
    LinkAttempt.objects.filter(account_id=account_id, agency=agency_slug).delete()


def _refuse_second_link(*, account_id: UUID, agency_slug: str) -> None:
    # Only a courtesy before the call: link_one_live_per_agency decides when it counts.
    if Link.objects.filter(
        account_id=account_id, agency=agency_slug, state__in=queries.LIVE
    ).exists():
        raise AlreadyLinked


def _refuse_last_try(left: int, *, route: Route, agency_slug: str, at: datetime) -> None:
    if left == 0:
        window = rulebook.get_duration("linking.closed_for", agency=agency_slug, at=at)
        raise tries.RouteClosed(route=route, opens_in=window)


def _closed_there(
    error: exchange.WayClosed, route: Route, agency_slug: str, at: datetime
) -> tries.RouteClosed:
    ours = rulebook.get_duration("linking.closed_for", agency=agency_slug, at=at)
    return tries.RouteClosed(route=route, opens_in=error.retry_after or ours)


def _lifetime(agency_slug: str, at: datetime) -> timedelta:
    return rulebook.get_duration("linking.attempt_lifetime", agency=agency_slug, at=at)


def _keep_attempt(attempt: LinkAttempt) -> None:
    """The newest proof takes the place of the one before."""
    for tries_left in reversed(range(TABS_AT_ONCE)):
        try:
            with transaction.atomic():
                LinkAttempt.objects.filter(
                    account_id=attempt.account_id, agency=attempt.agency
                ).delete()
                attempt.save(force_insert=True)
        except IntegrityError:
            # Another tab kept its proof between our two statements; ours is newer.
            if not tries_left:
                raise
        else:
            return
