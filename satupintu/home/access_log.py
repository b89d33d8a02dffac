# SPDX-License-Identifier: Apache-2.0
"""The access log as its person sees it, and what she and anybody can check it with."""

import csv
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse, StreamingHttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import get_language, override
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from satupintu.dealings.questions import queries as questions
from satupintu.foundation.audit import queries as audit
from satupintu.trust.accounts.access import public, signed_in_al2
from satupintu.trust.agencies import queries as agencies

from . import purposes
from .forms import LogFilterForm, read_cursor, write_cursor

LINES_ON_A_PAGE = 20
HEADS_SHOWN = 30


@dataclass(frozen=True)
class LogLine:
    """One line in plain words."""

    id: UUID
    agency_name: str
    words: str
    at: datetime
    legal_basis: str
    # The day on which a seal ended that hid this line; None for all others.
    was_sealed_until: datetime | None
    can_ask: bool
    # What the person asked about it, if she did.
    question: questions.QuestionCard | None


def _reader(request: HttpRequest) -> UUID:
    """Whose log this is. The guards of this module let nobody else come this far."""
    return request.user.pk  # type: ignore[return-value]


def _describe(record: Any, question: questions.QuestionCard | None = None) -> LogLine:
    agency = agencies.describe_agency(slug=record.actor_agency)
    return LogLine(
        id=record.id,
        agency_name=agency.name if agency else "Satu Pintu",
        words=record.words_id if get_language() == "id" else record.words_en,
        at=record.at,
        legal_basis=record.legal_basis,
        was_sealed_until=record.sealed_until,
        can_ask=questions.is_askable(record.actor_kind),
        question=question,
    )


@signed_in_al2
@require_safe
def show_log(request: HttpRequest) -> HttpResponse:
    """Newest first. A cursor stands in the address, no page number: nothing is counted."""
    form = LogFilterForm(request.GET)
    now = timezone.now()
    if not form.is_valid():
        context = {"form": form, "lines": [], "is_narrowed": True, "newer": "", "older": ""}
        return render(request, "home/access_log.html", context, status=422)
    page = audit.get_page(
        account_id=_reader(request),
        wanted=_read_wanted(form.cleaned_data),
        older_than=read_cursor(request.GET.get("older", "")),
        newer_than=read_cursor(request.GET.get("newer", "")),
        limit=LINES_ON_A_PAGE,
        at=now,
    )
    asked = questions.list_states(
        account_id=_reader(request), access_ids=[record.id for record in page.lines], at=now
    )
    kept = [
        (name, str(value))
        for name, value in request.GET.items()
        if value and name not in {"older", "newer", "lang"}
    ]
    context = {
        "form": form,
        "lines": [_describe(record, asked.get(record.id)) for record in page.lines],
        "is_narrowed": bool(kept),
        "newer": _address(kept, "newer", page.lines[0]) if page.lines and page.has_newer else "",
        "older": _address(kept, "older", page.lines[-1]) if page.lines and page.has_older else "",
    }
    return render(request, "home/access_log.html", context)


def _address(kept: list[tuple[str, str]], direction: str, record: Any) -> str:
    cursor = write_cursor(audit.Cursor(at=record.at, id=record.id))
    return "?" + urlencode([*kept, (direction, cursor)])


def _read_wanted(cleaned: dict[str, Any]) -> audit.Wanted:
    kind, search = cleaned["kind"], cleaned["q"].strip()
    day = timedelta(days=1)
    return audit.Wanted(
        agency=cleaned["agency"] or None,
        purposes=(kind,) if kind and kind != purposes.OTHER else (),
        other_than=purposes.list_named() if kind == purposes.OTHER else (),
        since=_begin(cleaned["since"]) if cleaned["since"] else None,
        before=_begin(cleaned["until"] + day) if cleaned["until"] else None,
        search=search,
        agencies=tuple(
            agency.slug
            for agency in agencies.list_agencies()
            if search.lower() in f"{agency.name_id} {agency.name_en}".lower()
        ),
    )


def _begin(day: Any) -> datetime:
    """Midnight as the country's clocks have it."""
    return timezone.make_aware(datetime.combine(day, time.min))


@signed_in_al2
@require_safe
def show_line(request: HttpRequest, access_id: UUID) -> HttpResponse:
    account_id, now = _reader(request), timezone.now()
    record = audit.get_line(account_id=account_id, access_id=access_id, at=now)
    if record is None:
        raise Http404
    opener = audit.Opener()
    opened = opener.open(record)
    context = {
        "line": _describe(
            record, questions.get_question(account_id=account_id, access_id=access_id, at=now)
        ),
        "place": opened["leaf_index"],
        "head": opener.head,
        "witnessed": audit.get_witnessed_head(),
        "commitment": bytes(record.commitment or b"").hex(),
    }
    return render(request, "home/access_line.html", context)


@signed_in_al2
@require_safe
def download_json(request: HttpRequest) -> HttpResponse:
    """The whole log with all that proves it, for `verify_access_log.py`."""
    account_id, now = _reader(request), timezone.now()
    opener = audit.Opener()

    def write() -> Iterator[str]:
        yield json.dumps(opener.describe(), ensure_ascii=False)[:-1] + ', "entries": ['
        for number, record in enumerate(audit.iterate_lines(account_id=account_id, at=now)):
            yield (",\n" if number else "\n") + json.dumps(opener.open(record), ensure_ascii=False)
        yield "\n]}\n"

    return _send(write(), kind="application/json", name="access-log.json")


@signed_in_al2
@require_safe
def download_csv(request: HttpRequest) -> HttpResponse:
    """The same for a spreadsheet: the words first, then what proves them."""
    account_id, now, language = _reader(request), timezone.now(), get_language()
    opener = audit.Opener()
    head = opener.describe()["head"] or {"text": "", "public_key": "", "signature": ""}
    receipt = (opener.describe()["witnessed"] or {}).get("receipt") or {}
    writer = csv.writer(_Echo())
    names = [_("When"), _("Who"), _("What"), _("Basis")]
    proofs = ["record", "salt", "leaf_index", "proof", "head", "head_signature"]

    def write() -> Iterator[str]:
        # A spreadsheet knows by this mark that it reads UTF-8.
        yield "\ufeff" + writer.writerow([*names, *proofs, "receipt", "receipt_signature"])
        for record in audit.iterate_lines(account_id=account_id, at=now):
            # The answer is sent when the request's own language is gone.
            with override(language):
                line, opened = _describe(record), opener.open(record)
            yield writer.writerow(
                [
                    timezone.localtime(line.at).isoformat(timespec="seconds"),
                    *map(_defuse, (line.agency_name, line.words, line.legal_basis)),
                    json.dumps(opened["record"], ensure_ascii=False),
                    opened["salt"],
                    "" if opened["leaf_index"] is None else opened["leaf_index"],
                    " ".join(opened["proof"]),
                    head["text"],
                    head["signature"],
                    receipt.get("text", ""),
                    receipt.get("signature", ""),
                ]
            )

    return _send(write(), kind="text/csv; charset=utf-8", name="access-log.csv")


class _Echo:
    """A file for csv that hands each line back."""

    def write(self, value: str) -> str:
        return value


def _defuse(text: str) -> str:
    """A spreadsheet would run a cell that begins like a formula."""
    return f"'{text}" if text.startswith(("=", "+", "-", "@", "\t", "\r")) else text


def _send(parts: Iterator[str], *, kind: str, name: str) -> HttpResponse:
    response = StreamingHttpResponse(parts, content_type=kind)
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response  # type: ignore[return-value]


# --- For everybody: nothing here is about a person ------------------------------------------------


@public
@require_safe
def show_public(request: HttpRequest) -> HttpResponse:
    """The newest head, the keys to compare with, and how many reads are sealed."""
    context = {
        "head": audit.get_newest_head(),
        "witnessed": audit.get_witnessed_head(),
        "keys": audit.list_keys(),
        "sealed": [
            (date_format(count.month, "F Y"), count.total, count.still)
            for count in audit.count_sealed(at=timezone.now())
        ],
    }
    response = render(request, "home/access_log_public.html", context)
    if request.user.is_authenticated:
        # The top of every page names the person.
        response.headers["Cache-Control"] = "no-store"
    return response


@public
@require_safe
def list_heads(request: HttpRequest) -> HttpResponse:
    """The newest signed heads with their receipts, for whoever watches the log."""
    heads = [audit.describe_head(head) for head in audit.list_heads(limit=HEADS_SHOWN)]
    return JsonResponse({"heads": heads})


@public
@require_safe
def list_keys(request: HttpRequest) -> HttpResponse:
    """Every key of the log, and how each was named by the one before it."""
    keys = [
        {
            "public_key": key.public_key,
            "since": key.created_at.isoformat(),
            "until": key.retired_at.isoformat() if key.retired_at else None,
        }
        for key in audit.list_keys()
    ]
    return JsonResponse({"keys": keys, "handovers": audit.list_handovers()})


@public
@require_safe
def prove_growth(request: HttpRequest, old: int, new: int) -> HttpResponse:
    """The RFC 9162 consistency proof between two signed heads, by their sizes."""
    proof = audit.prove_growth(old=old, new=new)
    if proof is None:
        raise Http404
    return JsonResponse({"old": old, "new": new, "proof": proof})
