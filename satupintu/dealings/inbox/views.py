# SPDX-License-Identifier: Apache-2.0
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.template.defaultfilters import filesizeformat
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from satupintu.trust.accounts import queries as accounts
from satupintu.trust.accounts.access import signed_in, signed_in_al2

from . import actions, queries
from .forms import FilterForm
from .letters import render_letter

# A PDF from outside: shown by itself it may run nothing, load nothing and reach nothing.
DOCUMENT_POLICY = "default-src 'none'; sandbox; frame-ancestors 'none'"


def _reader(request: HttpRequest) -> UUID:
    """Whose letters these are. The guards of this module let nobody else come this far."""
    return request.user.pk  # type: ignore[return-value]


@signed_in
@require_safe
def list_letters(request: HttpRequest) -> HttpResponse:
    assurance = accounts.get_assurance(session=request.session, at=timezone.now())
    if assurance is None or assurance.level < 2:
        # One factor sees nothing of anybody's record (safety rule 2): only that something waits.
        count = queries.count_unread(account_id=_reader(request))
        return render(request, "inbox/locked.html", {"count": count})
    filters = FilterForm(request.GET)
    filters.is_valid()
    page = queries.get_page(
        account_id=_reader(request),
        number=filters.number,
        search=filters.search,
        is_archive=filters.is_archive,
    )
    kept = {"q": filters.search, "box": "archive" if filters.is_archive else ""}
    query = urlencode({name: value for name, value in kept.items() if value})
    context = {
        "page": page,
        "search": filters.search,
        "is_archive": filters.is_archive,
        "query": f"{query}&" if query else "",
    }
    return render(request, "inbox/list.html", context)


@signed_in_al2
@require_safe
def read_letter(request: HttpRequest, message_id: UUID) -> HttpResponse:
    """Opening a letter is reading it. That is the person's own mark; no sender sees it."""
    letter = queries.get_message(account_id=_reader(request), message_id=message_id)
    if letter is None:
        raise Http404
    if letter.is_unread and request.method == "GET":
        actions.mark_read(account_id=_reader(request), message_id=message_id, at=timezone.now())
    context = {
        "letter": letter,
        "body": render_letter(letter.body),
        "document_size": filesizeformat(letter.document.size) if letter.document else "",
    }
    return render(request, "inbox/message.html", context)


@signed_in_al2
@require_safe
def download_document(request: HttpRequest, message_id: UUID) -> HttpResponse:
    document = queries.open_document(account_id=_reader(request), message_id=message_id)
    if document is None:
        raise Http404
    response = StreamingHttpResponse(document, content_type="application/pdf")
    response.headers["Content-Length"] = str(document.card.size)
    response.headers["Content-Disposition"] = str(
        content_disposition_header(as_attachment=True, filename=document.card.name)
    )
    response.headers["Content-Security-Policy"] = DOCUMENT_POLICY
    # Already as small as it gets; and with a length a phone can show how far it is.
    response.headers["Content-Encoding"] = "identity"
    return response  # type: ignore[return-value]


@signed_in_al2
@require_POST
def archive_letter(request: HttpRequest, message_id: UUID) -> HttpResponse:
    if not actions.archive_message(
        account_id=_reader(request), message_id=message_id, at=timezone.now()
    ):
        raise Http404
    messages.success(request, _("The letter is in your archive."))
    return redirect("inbox:list")


@signed_in_al2
@require_POST
def restore_letter(request: HttpRequest, message_id: UUID) -> HttpResponse:
    if not actions.restore_message(account_id=_reader(request), message_id=message_id):
        raise Http404
    messages.success(request, _("The letter is back among your letters."))
    return redirect("inbox:message", message_id=message_id)
