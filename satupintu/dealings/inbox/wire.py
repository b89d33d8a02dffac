# SPDX-License-Identifier: Apache-2.0
"""A message as it comes over the wire: JSON, or a form with a PDF. Shape only."""

import re
import unicodedata
from dataclasses import dataclass
from typing import Annotated, Any
from uuid import UUID

from django.core.exceptions import RequestDataTooBig, SuspiciousOperation
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, UnreadablePostError
from django.http.multipartparser import MultiPartParserError
from django.utils.translation import gettext_lazy as _
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

from satupintu.foundation.errors import Refusal

JSON_TYPE = "application/json"
FORM_TYPE = "multipart/form-data"
LONGEST_BODY = 100_000
# A body of 100 kB whose every character is escaped as \uXXXX, with room for the rest.
_LONGEST_JSON = 700_000
_FORM_OVERHEAD = 16_384
_KEY = re.compile(r"[\x21-\x7e]{1,255}")


class MissingIdempotencyKey(Refusal):
    code = "idempotency_key_missing"
    message = _("Send an Idempotency-Key header of 1 to 255 visible ASCII characters.")
    status = 400


class LengthRequired(Refusal):
    code = "length_required"
    message = _("Send a Content-Length header.")
    status = 411


class RequestTooLarge(Refusal):
    code = "request_too_large"
    message = _("The request is larger than a message may be.")
    status = 413


class UnknownMediaType(Refusal):
    code = "unsupported_media_type"
    message = _("Send application/json, or multipart/form-data with a PDF.")
    status = 415


class MalformedBody(Refusal):
    code = "malformed_body"
    message = _("The request body can't be read.")
    status = 400


class InvalidMessage(Refusal):
    code = "invalid_message"
    message = _("The message is not as the description asks.")

    def __init__(self, errors: list[dict[str, str]]) -> None:
        super().__init__()
        # Which field and what is wrong with it; never what was sent.
        self.errors = errors


def _is_blank(text: str) -> bool:
    """Nothing that a person sees: spaces, or characters that only steer others."""
    return all(unicodedata.category(character) == "Cf" or character.isspace() for character in text)


def _one_line(text: str) -> str:
    text = text.strip()
    if _is_blank(text):
        raise ValueError("must not be empty")
    if any(unicodedata.category(character) in {"Cc", "Zl", "Zp"} for character in text):
        raise ValueError("must be one line without control characters")
    return text


def _markdown(text: str) -> str:
    if "\x00" in text:
        raise ValueError("must not contain U+0000")
    if len(text.encode()) > LONGEST_BODY:
        raise ValueError(f"must be at most {LONGEST_BODY} bytes in UTF-8")
    return text.replace("\r\n", "\n")


class NewMessage(BaseModel):
    """What an agency sends. Unknown members are refused: a misspelt one would be lost."""

    model_config = ConfigDict(extra="forbid", title="NewMessage")

    subject: Annotated[
        str,
        Field(
            min_length=1,
            max_length=255,
            pattern=r"^[\x21-\x7e]+$",
            description="The person, by the subject that the portal gave to your sector.",
        ),
    ]
    title: Annotated[
        str,
        AfterValidator(_one_line),
        Field(
            min_length=1,
            max_length=200,
            # What _one_line asks, for those who only read the description.
            json_schema_extra={"pattern": r"^[^\x00-\x1f\x7f-\x9f\u2028\u2029]*$"},
            description="One line that says what it is about.",
        ),
    ]
    body: Annotated[
        str,
        AfterValidator(_markdown),
        Field(
            max_length=LONGEST_BODY,
            description="Markdown (CommonMark and tables; no HTML, no images, https links only)."
            f" At most {LONGEST_BODY} bytes in UTF-8. May be empty beside a document.",
        ),
    ] = ""
    language: Annotated[
        str,
        Field(
            max_length=35,
            pattern=r"^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*$",
            description="The letter's language (BCP 47).",
        ),
    ] = "id"
    in_reply_to: Annotated[
        UUID | None, Field(description="An earlier message of yours to the same person.")
    ] = None


@dataclass(frozen=True)
class ReceivedFile:
    """A document as it was uploaded, not yet looked into."""

    name: str
    content: bytes


@dataclass(frozen=True)
class Received:
    """One request of an agency, well-formed."""

    key: str
    message: NewMessage
    file: ReceivedFile | None


def read_request(request: HttpRequest, *, largest_document: int) -> Received:
    """Raises one of this module's refusals. What is too large is refused before it is read."""
    key = request.headers.get("Idempotency-Key", "")
    if not _KEY.fullmatch(key):
        raise MissingIdempotencyKey
    if "Transfer-Encoding" in request.headers and not request.META.get("CONTENT_LENGTH"):
        raise LengthRequired
    length = int(request.META.get("CONTENT_LENGTH") or 0)
    if request.content_type == JSON_TYPE:
        if length > _LONGEST_JSON:
            raise RequestTooLarge
        message = _read_message(_read_body(request))
        if _is_blank(message.body):
            raise InvalidMessage([{"field": "body", "problem": "must not be empty"}])
        return Received(key=key, message=message, file=None)
    if request.content_type == FORM_TYPE:
        if length > largest_document + _LONGEST_JSON + _FORM_OVERHEAD:
            raise RequestTooLarge
        part, file = _read_form(request)
        return Received(key=key, message=_read_message(part), file=file)
    raise UnknownMediaType


def _read_body(request: HttpRequest) -> bytes:
    try:
        return request.body
    except (UnreadablePostError, RequestDataTooBig) as error:
        raise MalformedBody from error


def _read_form(request: HttpRequest) -> tuple[bytes, ReceivedFile]:
    try:
        fields, files = request.POST, request.FILES
    except RequestDataTooBig as error:
        raise RequestTooLarge from error
    except (MultiPartParserError, SuspiciousOperation, UnreadablePostError) as error:
        raise MalformedBody from error
    parts: dict[str, list[Any]] = {}
    for sent in (fields, files):
        for name, values in sent.lists():
            parts.setdefault(str(name), []).extend(values)
    wrong = [
        {"field": name, "problem": "must be there exactly once"}
        for name in ("message", "document")
        if len(parts.get(name, [])) != 1
    ] + [
        {"field": name[:60], "problem": "is not a part of a message"}
        for name in parts
        if name not in {"message", "document"}
    ]
    if wrong:
        raise InvalidMessage(wrong)
    message, document = parts["message"][0], parts["document"][0]
    if not isinstance(document, UploadedFile):
        raise InvalidMessage([{"field": "document", "problem": "must be a file with a name"}])
    # Some clients send every part as a file.
    raw = message.read() if isinstance(message, UploadedFile) else message.encode()
    if len(raw) > _LONGEST_JSON:
        raise RequestTooLarge
    return raw, ReceivedFile(name=document.name or "", content=document.read())


def _read_message(raw: bytes) -> NewMessage:
    try:
        return NewMessage.model_validate_json(raw)
    except ValidationError as error:
        found = error.errors(include_input=False, include_url=False, include_context=False)
        if any(each["type"] == "json_invalid" for each in found):
            raise MalformedBody from error
        raise InvalidMessage(
            [
                {
                    "field": ".".join(str(step) for step in each["loc"])[:60],
                    "problem": each["msg"].removeprefix("Value error, "),
                }
                for each in found
            ]
        ) from error
