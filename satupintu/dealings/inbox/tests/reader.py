# SPDX-License-Identifier: Apache-2.0
"""The reader's side of a test: somebody signed in, with letters of one agency."""

from django.urls import reverse

from satupintu.dealings.inbox.models import Document
from satupintu.trust.accounts.tests.factories import AccountFactory, sign_in
from satupintu.trust.agencies.tests.factories import AgencyFactory

from .factories import MessageFactory, make_pdf


class Reader:
    """Somebody signed in, with letters of one agency."""

    def __init__(self, client, level=2):
        self.http = client
        self.account = AccountFactory()
        self.agency = AgencyFactory(name_id="Kantor Pajak Nusa", name_en="Nusa Tax Office")
        sign_in(client, self.account, level=level)

    def receive(self, **fields):
        return MessageFactory(
            **{"account_id": self.account.pk, "agency": self.agency.slug} | fields
        )

    def receive_document(self, content=None, name="surat.pdf"):
        message = self.receive(has_document=True)
        content = content or make_pdf()
        Document.objects.create(
            account_id=self.account.pk,
            message_id=message.id,
            name=name,
            size=len(content),
            sha256="0" * 64,
            content=content,
        )
        return message

    def get(self, path, language="en", **query):
        return self.http.get(path, query, headers={"Accept-Language": language})

    def open(self, message, language="en"):
        return self.get(reverse("inbox:message", args=[message.id]), language)
