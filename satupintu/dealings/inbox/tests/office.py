# SPDX-License-Identifier: Apache-2.0
"""The sender's side of a test: an agency with a token, and one person whom it knows."""

import json

from django.core.files.uploadedfile import SimpleUploadedFile

from satupintu.trust.accounts.tests.factories import AccountFactory
from satupintu.trust.agencies.tests.factories import AgencyFactory, ClientFactory

from .factories import make_pdf, make_subject, make_token

URL = "/api/v1/messages"
SECRET_WORDS = "Penghasilan Anda terlalu kecil"


class Office:
    """An agency's client with a token, and one person whom it knows."""

    def __init__(self, client, **token):
        self.http = client
        self.client = ClientFactory(agency=AgencyFactory())
        self.token = make_token(self.client, **token)
        self.account = AccountFactory()
        agency = self.client.agency
        self.subject = make_subject(account=self.account, agency=agency.slug, sector=agency.sector)

    @property
    def headers(self):
        return {"Authorization": f"Bearer {self.token}", "Accept-Language": "en"}

    def message(self, **changes):
        return {
            "subject": self.subject,
            "title": "Pengembalian pajak",
            "body": SECRET_WORDS,
        } | changes

    def send(self, raw=None, *, key="k-1", **changes):
        return self.http.post(
            URL,
            data=json.dumps(self.message(**changes)) if raw is None else raw,
            content_type="application/json",
            headers=self.headers | ({"Idempotency-Key": key} if key else {}),
        )

    def send_form(self, *, key="k-1", parts=None, **changes):
        parts = parts or {
            "message": json.dumps(self.message(body="") | changes),
            "document": SimpleUploadedFile("Surat keputusan.pdf", make_pdf()),
        }
        return self.http.post(URL, data=parts, headers=self.headers | {"Idempotency-Key": key})


def assert_problem(response, status, code):
    assert response.status_code == status, response.content
    assert response.headers["Content-Type"] == "application/problem+json"
    body = response.json()
    assert body["type"] == f"urn:satupintu:problem:{code}"
    assert body["status"] == status
    assert body["title"]
    assert SECRET_WORDS not in response.content.decode()
    return body
