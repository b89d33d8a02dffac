# SPDX-License-Identifier: Apache-2.0
"""What OpenAPI says about the inbox's operations beyond what their types say."""

from typing import Any

from satupintu.dealings.exchange.access import EVERYWHERE
from satupintu.foundation.problems import describe_problem

from .wire import FORM_TYPE, JSON_TYPE, NewMessage

_AN_ID = "01965a3c-7d2e-7f00-8a41-5b1f0c2d3e4f"
_RECEIVED_AT = "2026-11-24T03:15:00+00:00"
_AN_EXAMPLE = {
    "subject": "wT7uC1v9kQm2",
    "title": "Pengembalian pajak Anda disetujui",
    "body": "Ibu Sari Wulandari,\n\nKami menyetujui pengembalian sebesar **Rp1.250.000**.",
    "language": "id",
    "in_reply_to": None,
}


def _describe_message() -> dict[str, Any]:
    return NewMessage.model_json_schema()


def _describe_receipt(description: str, **headers: Any) -> dict[str, Any]:
    return {
        "description": description,
        "headers": {
            "Location": {
                "description": "Where to ask about it",
                "schema": {"type": "string", "format": "uri-reference"},
            },
            **headers,
        },
        "content": {
            "application/json": {"example": {"id": _AN_ID, "received_at": _RECEIVED_AT}},
        },
    }


SEND_MESSAGE: dict[str, Any] = {
    "parameters": [
        {
            "in": "header",
            "name": "Idempotency-Key",
            "required": True,
            "description": "Yours, new for every message. The same key with the same content"
            " answers the same message again for seven days, and never stores a second one."
            " A refused request does not use its key up.",
            "schema": {
                "type": "string",
                "minLength": 1,
                "maxLength": 255,
                "pattern": r"^[\x21-\x7e]+$",
            },
            "example": "pengembalian-2025-000417",
        }
    ],
    "requestBody": {
        "required": True,
        "content": {
            JSON_TYPE: {"schema": _describe_message(), "example": _AN_EXAMPLE},
            FORM_TYPE: {
                "schema": {
                    "type": "object",
                    "title": "NewMessageWithDocument",
                    "required": ["message", "document"],
                    "additionalProperties": False,
                    "properties": {
                        "message": {
                            "type": "string",
                            "description": "The same JSON; `body` may be left out.",
                            "contentMediaType": JSON_TYPE,
                            "contentSchema": _describe_message(),
                        },
                        "document": {
                            "type": "string",
                            "description": "A PDF of at most 10 MB, not encrypted, without"
                            " scripts, actions or embedded files. Checked by its content.",
                            "contentMediaType": "application/pdf",
                        },
                    },
                },
                "encoding": {
                    "message": {"contentType": JSON_TYPE},
                    "document": {"contentType": "application/pdf"},
                },
            },
        },
    },
    "responses": {
        200: _describe_receipt(
            "This key was used for this very message before; it is stored once.",
            **{
                "Idempotent-Replayed": {
                    "description": "The answer to the first request, again",
                    "schema": {"type": "string", "const": "true"},
                }
            },
        ),
        201: _describe_receipt("Stored for good, and in the person's inbox."),
        400: describe_problem("The Idempotency-Key is missing, or the body can't be read."),
        404: describe_problem("`unknown_subject`: nobody is known to you by this subject."),
        409: describe_problem(
            "`idempotency_key_reused`: the key was used for another message. `link_waits`: the"
            " link may not be used at present (it is provisional still, or was stopped); nothing"
            " was stored, so send the letter its earlier way."
        ),
        411: describe_problem("Content-Length is missing."),
        413: describe_problem("The request or the document is too large."),
        415: describe_problem("Neither JSON nor a form."),
        422: describe_problem(
            "`invalid_message` (its `errors` name the fields), `not_a_pdf`, `unsafe_pdf` or"
            " `unknown_in_reply_to`."
        ),
        **EVERYWHERE,
    },
}

GET_MESSAGE: dict[str, Any] = {
    "responses": {
        200: {
            "description": "It arrived.",
            "content": {
                "application/json": {
                    "example": {"id": _AN_ID, "state": "received", "received_at": _RECEIVED_AT}
                }
            },
        },
        404: describe_problem("`unknown_message`: you have sent no message with this id."),
        **EVERYWHERE,
    },
}
