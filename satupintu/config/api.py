# SPDX-License-Identifier: Apache-2.0
"""The agency API, version 1, put together from the apps that serve it.

Every error is a problem (RFC 9457), whoever noticed it: a refusal of an action, the framework,
the database.
"""

import json
import logging
import traceback
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.core.exceptions import RequestDataTooBig
from django.db import InterfaceError, OperationalError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.urls import URLPattern, URLResolver, re_path
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from ninja import NinjaAPI, Router
from ninja.errors import HttpError, Throttled, ValidationError

from satupintu.dealings.inbox.api import router as messages
from satupintu.dealings.questions.api import router as questions
from satupintu.foundation.errors import Refusal
from satupintu.foundation.problems import problem
from satupintu.trust.accounts.access import protocol

log = logging.getLogger("satupintu.api")

PROBLEM_SCHEMA: dict[str, Any] = {
    "type": "object",
    "title": "Problem",
    "description": "RFC 9457. `type` never changes; `title` is for people, in the language asked"
    " for by Accept-Language.",
    "required": ["type", "title", "status"],
    "properties": {
        "type": {"type": "string", "pattern": "^urn:satupintu:problem:[a-z0-9_]+$"},
        "title": {"type": "string"},
        "status": {"type": "integer", "minimum": 400, "maximum": 599},
        "detail": {"type": "string"},
        "errors": {
            "type": "array",
            "description": "Which fields are wrong, and how. Never what was sent.",
            "items": {
                "type": "object",
                "required": ["field", "problem"],
                "properties": {"field": {"type": "string"}, "problem": {"type": "string"}},
            },
        },
    },
    "example": {
        "type": "urn:satupintu:problem:unknown_subject",
        "title": "Nobody is known to you by this subject.",
        "status": 404,
    },
}


@csrf_exempt
@protocol("nothing to protect: whatever is not an operation is a problem")
def answer_unknown_address(request: HttpRequest) -> HttpResponse:
    """Below /api/v1/ even a wrong address answers in the API's own way."""
    return problem(status=404, code="not_found", title=_("There is nothing at this address."))


def _answer_in_problems(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """What ninja answers itself, before any handler of ours hears of it."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            response = view(request, *args, **kwargs)
        except Http404:
            return answer_unknown_address(request)
        if not isinstance(response, HttpResponseNotAllowed):
            return response
        refused = problem(
            status=405,
            code="method_not_allowed",
            title=_("This address does not know that method."),
        )
        refused.headers["Allow"] = response.headers["Allow"]
        return refused

    guarded.csrf_exempt = True  # type: ignore[attr-defined]
    return protocol("access token of an agency's client")(guarded)


def _name_scopes(schema: Any, router: Router) -> None:
    """Ninja knows the scheme of each operation, not the scopes."""
    auth: Any = router.auth
    operations = [
        one.operation_id for view in router.path_operations.values() for one in view.operations
    ]
    for path in schema["paths"].values():
        for operation in path.values():
            if operation["operationId"] in operations:
                operation["security"] = [{"AgencyToken": [auth.scope]}]


class AgencyAPI(NinjaAPI):
    """NinjaAPI whose every answer below its address is its own, never an HTML page."""

    def _get_urls(self) -> list[URLResolver | URLPattern]:
        patterns = super()._get_urls()
        for pattern in patterns:
            if isinstance(pattern, URLPattern):
                pattern.callback = _answer_in_problems(pattern.callback)
        return [*patterns, re_path(r"^.*$", answer_unknown_address)]

    def get_openapi_schema(self, **options: Any) -> Any:
        """The published contract, in `docs/agencies/portal-api.openapi.json`."""
        schema = super().get_openapi_schema(**options)
        schema["components"]["schemas"]["Problem"] = PROBLEM_SCHEMA
        for router in (messages, questions):
            _name_scopes(schema, router)
        return schema


api = AgencyAPI(
    title="Satu Pintu agency API",
    version="1.0.0",
    urls_namespace="api",
    docs_url=None,
    description="What a member agency may ask of the portal. Ask the token endpoint for an access"
    " token first: grant `client_credentials`, authentication `private_key_jwt`, scope"
    " `messages:send` for letters, `questions:answer` for what people ask about their access log.",
    servers=[{"url": "https://satupintu.example", "description": "Your portal"}],
    openapi_extra={
        "info": {"license": {"name": "Apache-2.0", "identifier": "Apache-2.0"}},
    },
)
api.add_router("/messages", messages)
api.add_router("/access-questions", questions)


def _challenge(code: str, *, scope: str) -> str:
    """RFC 6750, section 3: no error code where no token was sent."""
    match code:
        case "missing_token":
            return 'Bearer realm="satupintu"'
        case "insufficient_scope":
            return f'Bearer realm="satupintu", error="insufficient_scope", scope="{scope}"'
    return f'Bearer realm="satupintu", error="{code}"'


@api.exception_handler(Refusal)
def answer_refusal(request: HttpRequest, refusal: Refusal) -> HttpResponse:
    """An expected no."""
    extensions = {"errors": refusal.errors} if hasattr(refusal, "errors") else {}
    response = problem(status=refusal.status, code=refusal.code, title=str(refusal), **extensions)
    if refusal.status in {401, 403}:
        response.headers["WWW-Authenticate"] = _challenge(
            refusal.code, scope=getattr(request, "wanted_scope", "")
        )
    if refusal.status == 503:
        response.headers["Retry-After"] = "60"
    return response


@api.exception_handler(ValidationError)
def answer_invalid(request: HttpRequest, error: ValidationError) -> HttpResponse:
    """A parameter that ninja itself refused."""
    return problem(
        status=422,
        code="invalid_request",
        title=_("The request is not as the description asks."),
        errors=[
            {"field": ".".join(map(str, each["loc"])), "problem": each["msg"]}
            for each in error.errors
        ],
    )


@api.exception_handler(RequestDataTooBig)
def answer_too_large(request: HttpRequest, error: Exception) -> HttpResponse:
    """A body larger than any operation without a limit of its own may have."""
    return problem(status=413, code="request_too_large", title=_("The request is too large."))


@api.exception_handler(HttpError)
def answer_http_error(request: HttpRequest, error: HttpError) -> HttpResponse:
    """What the framework refuses by a status of its own."""
    if isinstance(error, Throttled):
        return problem(status=429, code="throttled", title=_("Too many requests. Wait a little."))
    return problem(status=error.status_code, code="refused", title=_("The request was refused."))


def _log_without_content(event: str, request: HttpRequest, error: Exception) -> None:
    """Where it broke and of what kind. The words of a database error may quote the row."""
    log.error(
        "%s error=%s sqlstate=%s method=%s\n%s",
        event,
        type(error).__name__,
        getattr(error.__cause__, "sqlstate", None),
        request.method,
        "".join(traceback.format_tb(error.__traceback__)),
    )


@api.exception_handler(OperationalError)
@api.exception_handler(InterfaceError)
def answer_no_database(request: HttpRequest, error: Exception) -> HttpResponse:
    """A full disk, a server that restarts: the transaction is gone, so sending again is safe."""
    _log_without_content("api_cannot_store", request, error)
    response = problem(
        status=503,
        code="cannot_store",
        title=_("Nothing was stored. Send it again with the same key."),
    )
    response.headers["Retry-After"] = "10"
    return response


@api.exception_handler(Exception)
def answer_error(request: HttpRequest, error: Exception) -> HttpResponse:
    """A mistake of ours."""
    _log_without_content("api_failed", request, error)
    return problem(
        status=500,
        code="internal_error",
        title=_("Something went wrong on our side. Nothing was stored."),
    )


def write_openapi() -> str:
    """The published description, as the file in `docs/agencies` must be."""
    return json.dumps(api.get_openapi_schema(), indent=2, ensure_ascii=False) + "\n"
