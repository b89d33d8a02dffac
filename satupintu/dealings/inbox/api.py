# SPDX-License-Identifier: Apache-2.0
"""Messages from agencies: `/api/v1/messages`."""

import json
from datetime import datetime
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from ninja import Router, Schema

from satupintu.dealings.exchange.access import AgencyToken
from satupintu.foundation.errors import Refusal
from satupintu.trust.rulebook import queries as rulebook

from . import actions, queries
from .api_description import GET_MESSAGE, SEND_MESSAGE
from .documents import hash_content, inspect_document, tidy_name
from .rules import Letter
from .wire import read_request

router = Router(tags=["messages"], auth=AgencyToken(scope="messages:send"))


class UnknownMessage(Refusal):
    code = "unknown_message"
    message = _("You have sent no message with this id.")
    status = 404


class MessageReceipt(Schema):
    """The message is stored; nothing acknowledged is lost."""

    id: UUID
    received_at: datetime


class MessageState(Schema):
    """What became of a message. Whether it was read is the person's own affair."""

    id: UUID
    state: str
    received_at: datetime


def _json(body: dict[str, Any], *, status: int = 200) -> HttpResponse:
    return HttpResponse(json.dumps(body), status=status, content_type="application/json")


@router.post(
    "",
    operation_id="sendMessage",
    summary="Send a message to one person",
    response={200: MessageReceipt, 201: MessageReceipt},
    openapi_extra=SEND_MESSAGE,
)
def send_message(request: HttpRequest) -> HttpResponse:
    """Answers 201 once the message is stored for good. The person is told by e-mail that a
    message of yours has come, without its content."""
    at = timezone.now()
    largest = rulebook.get_integer("inbox.attachment_bytes", at=at)
    received = read_request(request, largest_document=largest)
    message, file = received.message, received.file
    bearer = request.auth  # type: ignore[attr-defined]
    sender = actions.Sender(
        client_id=bearer.client_id, agency=bearer.agency_slug, sector=bearer.sector
    )
    letter = Letter(
        title=message.title,
        body=message.body,
        language=message.language,
        in_reply_to=message.in_reply_to,
    )
    receipt = document = None
    if file:
        receipt = actions.find_receipt(
            sender=sender,
            key=received.key,
            subject=message.subject,
            letter=letter,
            document_name=tidy_name(file.name),
            document_sha256=hash_content(file.content),
            at=at,
        )
        if receipt is None:
            document = inspect_document(name=file.name, content=file.content, largest=largest)
    receipt = receipt or actions.accept_message(
        sender=sender,
        key=received.key,
        subject=message.subject,
        letter=letter,
        document=document,
        at=at,
    )
    response = _json(
        {"id": str(receipt.message_id), "received_at": receipt.received_at.isoformat()},
        status=200 if receipt.is_replay else 201,
    )
    response.headers["Location"] = reverse("api:get_message", args=[receipt.message_id])
    if receipt.is_replay:
        response.headers["Idempotent-Replayed"] = "true"
    return response


@router.get(
    "/{uuid:message_id}",
    operation_id="getMessage",
    summary="Ask what became of a message",
    url_name="get_message",
    response={200: MessageState},
    openapi_extra=GET_MESSAGE,
)
def get_message(request: HttpRequest, message_id: UUID) -> HttpResponse:
    """Delivery only. The portal tells no agency whether or when a person read a message."""
    bearer = request.auth  # type: ignore[attr-defined]
    delivery = queries.get_delivery(agency=bearer.agency_slug, message_id=message_id)
    if delivery is None:
        raise UnknownMessage
    return _json(
        {
            "id": str(delivery.message_id),
            "state": "received",
            "received_at": delivery.received_at.isoformat(),
        }
    )
