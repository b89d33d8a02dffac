# SPDX-License-Identifier: Apache-2.0
"""Made-up letters, agencies that may send them, and PDFs of every kind."""

import io
from datetime import UTC, datetime, timedelta

import factory
from django.utils import timezone
from pypdf import PdfWriter

from satupintu.dealings.inbox.actions import Sender
from satupintu.dealings.inbox.models import Message
from satupintu.dealings.inbox.rules import Letter
from satupintu.dealings.linking.models import Link
from satupintu.foundation import crypto
from satupintu.trust.accounts.tests.factories import AccountFactory
from satupintu.trust.agencies.tests.factories import AgencyFactory
from satupintu.trust.signin import actions as signin
from satupintu.trust.signin.models import AccessToken

NOON = datetime(2026, 11, 24, 5, 0, tzinfo=UTC)


class MessageFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Message

    account_id = factory.LazyFunction(lambda: AccountFactory().pk)
    agency = factory.LazyFunction(lambda: AgencyFactory().slug)
    title = factory.Sequence(lambda n: f"Surat nomor {n}")
    body = "Ibu Sari Wulandari,\n\nKami menyetujui pengembalian sebesar **Rp1.250.000**."
    language = "id"
    received_at = factory.Sequence(lambda n: NOON + timedelta(minutes=n))


def make_letter(**changes) -> Letter:
    words = {"title": "Pengembalian pajak Anda disetujui", "body": "Selamat.", "language": "id"}
    return Letter(**words | changes)


def make_sender(agency=None) -> Sender:
    agency = agency or AgencyFactory()
    return Sender(client_id=f"{agency.slug}-client", agency=agency.slug, sector=agency.sector)


def make_subject(*, account, agency: str, sector: str, state: str = "active") -> str:
    """The person as the agency knows her: by a subject, with a link."""
    Link.objects.create(
        account_id=account.pk,
        agency=agency,
        route="code",
        state=state,
        record_ref_encrypted=crypto.encrypt(str(account.pk)),
        reserved_at=NOON,
        linked_at=NOON if state == "active" else None,
        ended_at=NOON if state == "ended" else None,
    )
    return signin.ensure_subject(account_id=account.pk, sector=sector, at=NOON)


def make_pdf(*, write=None, pages: int = 1, password: str = "") -> bytes:
    """A PDF of empty pages; `write(writer)` adds what the test is about."""
    writer = PdfWriter()
    for _ in range(pages):
        writer.add_blank_page(width=595, height=842)
    if write:
        write(writer)
    if password:
        writer.encrypt(password, algorithm="AES-256")
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def make_token(client, *, scope: str = "messages:send", **fields) -> str:
    """An access token of a client, as the token endpoint gives one."""
    token = crypto.new_secret()
    now = timezone.now()
    AccessToken.objects.create(
        token_hash=crypto.hash_secret(token),
        client_id=client.client_id,
        scope=scope,
        issued_at=now,
        expires_at=now + timedelta(minutes=5),
        **fields,
    )
    return token
