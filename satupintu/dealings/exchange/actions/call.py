# SPDX-License-Identifier: Apache-2.0
"""One call to an agency, and every way in which it may fail."""

import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

import httpx
from django.conf import settings
from django.utils.translation import gettext_lazy as _
from pydantic import TypeAdapter, ValidationError

from satupintu.dealings.exchange.rules import Problem
from satupintu.foundation.calls import (
    DeadlineTransport,
    forbid_transaction,
    give_back_connection,
    may_call_url,
)
from satupintu.foundation.errors import Refusal
from satupintu.trust.agencies import queries as agencies
from satupintu.trust.rulebook import queries as rulebook
from satupintu.trust.signin import actions as signin

log = logging.getLogger(__name__)

T = TypeVar("T")


class AgencyUnavailable(Refusal):
    """The agency gave no answer that we can use. Whether it did what we asked is not known."""

    code = "agency_unavailable"
    message = _("This agency cannot be reached right now. Please try again in a few minutes.")
    status = 503


class AgencyDoesNotAnswer(AgencyUnavailable):
    code = "agency_does_not_answer"
    message = _("This agency is not answering right now. Please try again in a few minutes.")


class AgencyAnswersNonsense(AgencyUnavailable):
    code = "agency_answers_nonsense"
    message = _(
        "This agency gave an answer that we cannot use. We did nothing with it. "
        "Please try again later."
    )
    status = 502


class AgencyTakesNoPart(Refusal):
    code = "agency_takes_no_part"
    message = _("This agency is not taking part in Satu Pintu right now.")
    status = 404


@dataclass(frozen=True)
class Answer:
    """What came back, in full and within limits. `problem` is set for every 4xx we understand."""

    status: int
    body: bytes
    problem: str = ""
    retry_after: int | None = None


def call_agency(
    *,
    agency_slug: str,
    method: str,
    path: str,
    at: datetime,
    body: dict[str, Any] | None = None,
    suspended_too: bool = False,
) -> Answer:
    """Ask once, without a second try. Answers 2xx and understood 4xx alike.

    Raises AgencyTakesNoPart, AgencyDoesNotAnswer (nothing came in time) or AgencyAnswersNonsense
    (what came is not the contract's). Raises RuntimeError inside a transaction: a slow agency
    must not hold our locks.
    """
    forbid_transaction()
    find = agencies.describe_agency if suspended_too else agencies.get_agency
    agency = find(slug=agency_slug)
    if agency is None:
        raise AgencyTakesNoPart
    allow_loopback = settings.LOOPBACK_ALLOWED
    if not may_call_url(agency.api_url, allow_loopback=allow_loopback):
        log.error("agency_address_refused agency=%s", agency_slug)
        raise AgencyDoesNotAnswer
    seconds = rulebook.get_duration("exchange.question_timeout", agency=agency_slug, at=at)
    limit = rulebook.get_integer("exchange.answer_bytes", agency=agency_slug, at=at)
    token = signin.sign_portal_token(audience=agency.api_url, scope="linking", at=at)
    give_back_connection()
    at_once = rulebook.get_integer("exchange.calls_at_once", agency=agency_slug, at=at)
    try:
        with (
            _one_of_few(agency_slug, at_once),
            httpx.Client(
                transport=DeadlineTransport(
                    seconds=seconds.total_seconds(), allow_loopback=allow_loopback
                ),
                trust_env=False,
                follow_redirects=False,
            ) as client,
            client.stream(
                method,
                agency.api_url.rstrip("/") + path,
                json=body,
                headers={
                    "Authorization": f"Bearer {token}",
                    "Accept": "application/json, application/problem+json",
                    # What is packed small may be huge when unpacked.
                    "Accept-Encoding": "identity",
                    "User-Agent": "SatuPintu/1",
                },
            ) as response,
        ):
            content = _read_body(response, limit=limit)
            return _judge(response, content)
    except AgencyUnavailable as refusal:
        log.warning("%s agency=%s", refusal.code, agency_slug)
        raise
    except (httpx.RemoteProtocolError, httpx.InvalidURL, httpx.DecodingError) as error:
        log.warning(
            "agency_answers_nonsense agency=%s reason=%s", agency_slug, type(error).__name__
        )
        raise AgencyAnswersNonsense from error
    except httpx.HTTPError as error:
        log.warning("agency_does_not_answer agency=%s reason=%s", agency_slug, type(error).__name__)
        raise AgencyDoesNotAnswer from error


_lanes: dict[str, threading.BoundedSemaphore] = {}
# How long a call stands in line before it gives up: longer than a healthy agency takes.
PATIENCE_SECONDS = 0.5


@contextmanager
def _one_of_few(agency_slug: str, at_once: int) -> Iterator[None]:
    """A slow agency may keep some of this process's threads waiting, never all of them: the rest
    of the portal goes on. A new number holds from the next start of the process."""
    lane = _lanes.setdefault(agency_slug, threading.BoundedSemaphore(at_once))
    if not lane.acquire(timeout=PATIENCE_SECONDS):
        raise AgencyDoesNotAnswer
    try:
        yield
    finally:
        lane.release()


def _read_body(response: httpx.Response, *, limit: int) -> bytes:
    if response.headers.get("Content-Encoding", "identity") != "identity":
        raise AgencyAnswersNonsense
    content = bytearray()
    for chunk in response.iter_raw():
        content += chunk
        if len(content) > limit:
            raise AgencyAnswersNonsense
    return bytes(content)


def _judge(response: httpx.Response, content: bytes) -> Answer:
    status = response.status_code
    media_type = response.headers.get("Content-Type", "").partition(";")[0].strip().lower()
    if status == 204:
        return Answer(status=status, body=b"")
    if 200 <= status < 300 and media_type == "application/json":
        return Answer(status=status, body=content)
    if status >= 500:
        raise AgencyDoesNotAnswer
    if 400 <= status < 500 and media_type == "application/problem+json":
        problem = read_answer(Problem, content)
        return Answer(
            status=status,
            body=content,
            problem=problem.name,
            retry_after=problem.retry_after,
        )
    # A redirect, a page of HTML, a proxy's own 404: none of it is the agency's answer.
    raise AgencyAnswersNonsense


def read_answer(shape: type[T], content: bytes) -> T:
    """Raises AgencyAnswersNonsense when the body is not exactly of this shape."""
    try:
        return TypeAdapter(shape).validate_json(content)
    except ValidationError as error:
        # Pydantic's message quotes what it read; only where it failed may be logged.
        places = {
            ".".join(str(part) for part in e["loc"]) for e in error.errors(include_input=False)
        }
        log.warning("agency_answer_refused shape=%s at=%s", shape.__name__, sorted(places))
        raise AgencyAnswersNonsense from None
