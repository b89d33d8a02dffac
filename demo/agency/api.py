# SPDX-License-Identifier: Apache-2.0
"""The agency API, as `docs/agencies/agency-api.openapi.yaml` says it."""

import json
import re
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from email.message import EmailMessage
from typing import Any
from uuid import UUID

from starlette.background import BackgroundTask
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from . import linking, notices, questions, tokens
from .letterbox import send_mail
from .problems import Problem
from .settings import AgencySettings
from .words import LANGUAGES

LARGEST_BODY = 64 * 1024
SUBJECT = re.compile(r"[A-Za-z0-9_~-][A-Za-z0-9._~-]{0,254}")
NO_STORE = {"Cache-Control": "no-store"}

Body = dict[str, Any]
Endpoint = Callable[[Request], Awaitable[Response]]


def write_moment(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def for_the_portal(endpoint: Endpoint) -> Endpoint:
    """Only with a token of the portal; every "no" leaves as problem details."""

    async def guarded(request: Request) -> Response:
        try:
            await run_in_threadpool(
                tokens.check_portal_token,
                settings=request.app.state.settings,
                portal_keys=request.app.state.portal_keys,
                authorization=request.headers.get("authorization", ""),
                at=datetime.now(UTC),
            )
            return await endpoint(request)
        except Problem as problem:
            return problem.to_response()

    return guarded


async def read_body(
    request: Request,
    *,
    needed: set[str],
    optional: frozenset[str] = frozenset(),
    largest: int = LARGEST_BODY,
) -> Body:
    """A JSON object with exactly these members. Raises Problem 400, 413, 415 or 422."""
    if request.headers.get("content-type", "").partition(";")[0].strip() != "application/json":
        raise Problem(status=415, code="not_json", title="Send application/json.")
    raw = bytearray()
    async for chunk in request.stream():
        raw += chunk
        if len(raw) > largest:
            title = f"The body is larger than {largest // 1024} kB."
            raise Problem(status=413, code="too_large", title=title)
    try:
        body = json.loads(bytes(raw))
        # A lone half of a surrogate pair is JSON, but no text that could be stored.
        json.dumps(body, ensure_ascii=False).encode()
    except (ValueError, RecursionError) as error:
        raise Problem(status=400, code="malformed", title="The body is not JSON.") from error
    if not isinstance(body, dict) or not needed <= set(body) <= needed | optional:
        raise unprocessable(f"Send an object with exactly: {', '.join(sorted(needed))}.")
    return body


def unprocessable(detail: str) -> Problem:
    return Problem(
        status=422, code="invalid_body", title="The body is not as described.", detail=detail
    )


def read_text(body: Body, name: str, *, longest: int) -> str:
    value = body[name]
    if not isinstance(value, str) or not 1 <= len(value) <= longest:
        raise unprocessable(f"{name} is a text of 1 to {longest} characters.")
    return value


def read_uuid(body: Body, name: str) -> str:
    """In small letters."""
    value = read_text(body, name, longest=36).lower()
    try:
        if str(UUID(value)) != value:
            raise ValueError  # noqa: TRY301  (UUID also takes braces and urn:, the contract does not)
    except ValueError:
        raise unprocessable(f"{name} is a UUID.") from None
    return value


async def list_questions(request: Request) -> Response:
    definition = request.app.state.settings.definition
    questions = [
        {
            "id": question.id,
            "label": question.label,
            "hint": question.hint,
            "kind": question.kind,
            "max_length": question.max_length,
        }
        for question in definition.questions
    ]
    return JSONResponse(
        {"questions": questions}, headers={"Cache-Control": "private, max-age=3600"}
    )


async def post_enquiry(request: Request) -> Response:
    settings: AgencySettings = request.app.state.settings
    body = await read_body(request, needed={"answers"}, optional=frozenset({"language"}))
    language = body.get("language", "id")
    if language not in LANGUAGES:
        raise unprocessable("language is id or en.")
    delivery = await run_in_threadpool(
        linking.enquire,
        settings=settings,
        keys=request.app.state.keys,
        answers=read_answers(body["answers"], settings=settings),
        language=language,
        at=datetime.now(UTC),
    )
    return JSONResponse(
        {
            "enquiry_id": delivery.enquiry_id,
            "sent_to": {"channel": delivery.channel, "masked": delivery.masked},
            "expires_at": write_moment(delivery.expires_at),
        },
        status_code=201,
        headers=NO_STORE,
        # After the answer: a slow mail server must not tell that there is something to send.
        background=post_later(settings, delivery.mail),
    )


def post_later(settings: AgencySettings, mail: EmailMessage | None) -> BackgroundTask | None:
    """Send a mail once the answer is out."""
    return BackgroundTask(send_mail, settings=settings, mail=mail) if mail else None


def read_answers(value: object, *, settings: AgencySettings) -> dict[str, str]:
    questions = {question.id: question for question in settings.definition.questions}
    if not isinstance(value, dict) or set(value) != set(questions):
        raise unprocessable(f"answers holds one answer each for: {', '.join(questions)}.")
    for name, question in questions.items():
        read_text(value, name, longest=question.max_length)
    return value


async def post_match(request: Request) -> Response:
    body = await read_body(request, needed={"code"})
    match = await run_in_threadpool(
        linking.match_code,
        settings=request.app.state.settings,
        keys=request.app.state.keys,
        code=read_text(body, "code", longest=64),
        at=datetime.now(UTC),
    )
    return JSONResponse(
        {
            "match_id": match.match_id,
            "record_hint": match.record_hint,
            "record_ref": match.record_ref,
        },
        headers=NO_STORE,
    )


def read_subject(request: Request) -> str:
    subject = request.path_params["subject"]
    if not SUBJECT.fullmatch(subject):
        raise Problem(status=422, code="invalid_subject", title="This is no subject.")
    return str(subject)


async def put_link(request: Request) -> Response:
    subject = read_subject(request)
    body = await read_body(request, needed={"match_id", "link_id"})
    link_id = read_uuid(body, "link_id")
    linked = await run_in_threadpool(
        linking.link_record,
        settings=request.app.state.settings,
        subject=subject,
        match_id=read_text(body, "match_id", longest=200),
        link_id=link_id,
        at=datetime.now(UTC),
    )
    return JSONResponse(
        {"record_ref": linked.record_ref},
        status_code=201 if linked.is_new else 200,
        headers=NO_STORE,
    )


def _read_moment(body: Body, name: str) -> datetime | None:
    if name not in body:
        return None
    try:
        moment = datetime.fromisoformat(read_text(body, name, longest=40)).astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise unprocessable(f"{name} is a time, as in RFC 3339.") from error
    return moment


async def put_standing(request: Request) -> Response:
    """Frozen by the person, or open again: acknowledged only once it holds."""
    subject = read_subject(request)
    body = await read_body(request, needed={"link_id", "standing", "changed_at"})
    standing = read_text(body, "standing", longest=10)
    if standing not in {"frozen", "open"}:
        raise unprocessable("standing is frozen or open.")
    try:
        changed_at = datetime.fromisoformat(read_text(body, "changed_at", longest=40))
    except ValueError as error:
        raise unprocessable("changed_at is a moment with its offset (RFC 3339).") from error
    if changed_at.tzinfo is None:
        raise unprocessable("changed_at is a moment with its offset (RFC 3339).")
    now = await run_in_threadpool(
        linking.set_standing,
        settings=request.app.state.settings,
        subject=subject,
        link_id=read_uuid(body, "link_id"),
        standing=standing,
        # Whole microseconds: two words within one second keep their order.
        changed_at=round(changed_at.timestamp() * 1_000_000),
    )
    return JSONResponse({"standing": now}, headers=NO_STORE)


async def post_notice(request: Request) -> Response:
    """The owner of a record must hear something: taken only once it is on its way."""
    body = await read_body(
        request,
        needed={"notice_id", "record_ref", "kind", "pause_code"},
        optional=frozenset({"changes_wait_until"}),
    )
    kind = read_text(body, "kind", longest=40)
    if kind not in notices.KINDS:
        raise unprocessable(f"kind is one of: {', '.join(notices.KINDS)}.")
    code = read_text(body, "pause_code", longest=40)
    if not notices.PAUSE_CODE.fullmatch(code):
        raise unprocessable("pause_code is twenty characters of Crockford's base32.")
    taken = await run_in_threadpool(
        notices.take_notice,
        settings=request.app.state.settings,
        keys=request.app.state.keys,
        notice_id=read_uuid(body, "notice_id"),
        record_ref=read_text(body, "record_ref", longest=200),
        kind=kind,
        pause_code=code,
        changes_wait_until=_read_moment(body, "changes_wait_until"),
        at=datetime.now(UTC),
    )
    return JSONResponse(
        {"sent_to": {"channel": taken.channel, "masked": taken.masked}},
        status_code=201 if taken.is_new else 200,
        headers=NO_STORE,
    )


async def post_access_question(request: Request) -> Response:
    """Somebody asks why we saw something. Taken at once, answered a moment later."""
    body = await read_body(
        request, needed={"question_id", "subject", "text", "asked_at", "answer_by", "access"}
    )
    if not SUBJECT.fullmatch(read_text(body, "subject", longest=255)):
        raise unprocessable("subject is a subject.")
    if not isinstance(body["text"], str) or len(body["text"]) > questions.LONGEST_TEXT:
        raise unprocessable("text is a text.")
    for name in ("asked_at", "answer_by"):
        read_moment(body, name)
    access = body["access"]
    if not isinstance(access, dict) or set(access) != questions.ACCESS:
        raise unprocessable(f"access holds exactly: {', '.join(sorted(questions.ACCESS))}.")
    read_moment(access, "at")
    for name in questions.ACCESS - {"at"}:
        read_text(access, name, longest=2000)
    return Response(
        status_code=204,
        headers=NO_STORE,
        background=BackgroundTask(
            questions.answer_question,
            settings=request.app.state.settings,
            portal=request.app.state.portal,
            question_id=read_uuid(body, "question_id"),
            access=access,
        ),
    )


def read_moment(body: Body, name: str) -> datetime:
    try:
        moment = datetime.fromisoformat(read_text(body, name, longest=40))
    except ValueError:
        raise unprocessable(f"{name} is a moment as in RFC 3339.") from None
    if moment.tzinfo is None:
        raise unprocessable(f"{name} names its time zone.")
    return moment


async def delete_link(request: Request) -> Response:
    subject = read_subject(request)
    settings: AgencySettings = request.app.state.settings
    notice = await run_in_threadpool(
        linking.unlink_record, settings=settings, subject=subject, at=datetime.now(UTC)
    )
    return Response(status_code=204, headers=NO_STORE, background=post_later(settings, notice))


async def get_health(request: Request) -> Response:
    return JSONResponse(
        {"status": "ok", "agency": request.app.state.settings.slug}, headers=NO_STORE
    )


def by_method(**endpoints: Endpoint) -> Endpoint:
    """One path, several methods."""

    async def dispatch(request: Request) -> Response:
        return await endpoints[request.method.lower()](request)

    return dispatch


routes = [
    Route("/health", get_health, methods=["GET"]),
    Route("/linking/questions", for_the_portal(list_questions), methods=["GET"]),
    Route("/linking/enquiries", for_the_portal(post_enquiry), methods=["POST"]),
    Route("/linking/matches", for_the_portal(post_match), methods=["POST"]),
    Route("/access-questions", for_the_portal(post_access_question), methods=["POST"]),
    Route("/linking/notices", for_the_portal(post_notice), methods=["POST"]),
    Route("/linking/links/{subject}/standing", for_the_portal(put_standing), methods=["PUT"]),
    Route(
        "/linking/links/{subject}",
        for_the_portal(by_method(put=put_link, delete=delete_link)),
        methods=["PUT", "DELETE"],
    ),
]
