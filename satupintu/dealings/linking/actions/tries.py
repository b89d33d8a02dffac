# SPDX-License-Identifier: Apache-2.0
"""Count wrong tries, so that nobody guesses a code or answers, and close only what is used up.

A try is counted before the agency is asked: a hundred requests at once get no more tries than a
hundred one after the other. One that was right, or that the agency never answered, is given back.
"""

from datetime import datetime, timedelta
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from satupintu.dealings.linking import queries
from satupintu.dealings.linking.rules import Route, Step
from satupintu.foundation.errors import Refusal
from satupintu.foundation.throttle import actions as throttle
from satupintu.trust.rulebook import queries as rulebook


class RouteClosed(Refusal):
    """Too many wrong tries on this way, counted by us or by the agency. Other ways stay open."""

    code = "route_closed"
    message = _("There were too many wrong tries, so this way is closed for a while.")
    status = 429

    def __init__(self, *, route: Route, opens_in: timedelta) -> None:
        super().__init__()
        self.route = route
        self.opens_in = opens_in


class CodeFitsNothing(Refusal):
    code = "code_fits_nothing"
    message = _(
        "This code does not fit. It may be mistyped, used already, or older than its end date. "
        "Compare it with the letter, or ask the agency for a new one."
    )

    def __init__(self, *, tries_left: int) -> None:
        super().__init__()
        self.tries_left = tries_left


class AnswersFitNothing(Refusal):
    code = "answers_fit_nothing"
    message = _(
        "These answers do not fit any record. Compare them with a document of this agency and "
        "correct what differs."
    )

    def __init__(self, *, tries_left: int) -> None:
        super().__init__()
        self.tries_left = tries_left


def count_try(
    *, account_id: UUID, device_key: str, agency_slug: str, step: Step, at: datetime
) -> int:
    """Count one try and answer how many are left after it. Raises RouteClosed."""
    window = rulebook.get_duration("linking.closed_for", agency=agency_slug, at=at)
    left = []
    opens_in = timedelta(0)
    for counter in queries.list_counters(
        account_id=account_id, device_key=device_key, agency_slug=agency_slug, step=step, at=at
    ):
        counted = throttle.count_attempt(scope=counter.scope, key=counter.key, window=window, at=at)
        left.append(counter.limit - counted.count)
        opens_in = max(opens_in, counted.window_ends_at - at)
    if min(left) < 0:
        raise RouteClosed(route=step.route, opens_in=opens_in)
    return min(left)


def give_try_back(
    *, account_id: UUID, device_key: str, agency_slug: str, step: Step, at: datetime
) -> None:
    """The try was right, or nobody answered it: it was no wrong one."""
    for counter in queries.list_counters(
        account_id=account_id, device_key=device_key, agency_slug=agency_slug, step=step, at=at
    ):
        throttle.take_back_attempt(scope=counter.scope, key=counter.key)


def forget_tries(*, account_id: UUID, device_key: str, agency_slug: str, at: datetime) -> None:
    """The record is joined: the codes typed wrongly before no longer count against the person.

    Only the joining forgets. A code that merely fits does not, or whoever holds one good code
    could wash off wrong tries with it for ever. Answers are never forgotten: they ask about
    other people's records, and whoever joins and unlinks her own could ask on without an end.
    """
    for step in (Step.LETTER_CODE, Step.SENT_CODE):
        for counter in queries.list_counters(
            account_id=account_id,
            device_key=device_key,
            agency_slug=agency_slug,
            step=step,
            at=at,
        ):
            throttle.forget_attempts(scope=counter.scope, key=counter.key)
