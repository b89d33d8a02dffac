# SPDX-License-Identifier: Apache-2.0
"""A person with ten linked agencies; prints her cookie and the statements of her home page."""

import json
from datetime import timedelta

import django

django.setup()

from django.conf import settings  # noqa: E402
from django.db import connection  # noqa: E402
from django.test import Client  # noqa: E402
from django.test.utils import CaptureQueriesContext  # noqa: E402
from django.utils import timezone  # noqa: E402

from satupintu.dealings.inbox.models import Message  # noqa: E402
from satupintu.dealings.linking.models import Link  # noqa: E402
from satupintu.foundation import crypto  # noqa: E402
from satupintu.foundation.audit import actions as audit  # noqa: E402
from satupintu.trust.accounts.tests.factories import AccountFactory, sign_in  # noqa: E402
from satupintu.trust.agencies.tests.factories import AgencyFactory  # noqa: E402

AGENCIES = 10


def main() -> None:
    now = timezone.now()
    account = AccountFactory(full_name="Sari Wulandari")
    for number, agency in enumerate(AgencyFactory.create_batch(AGENCIES)):
        Link.objects.create(
            account_id=account.id,
            agency=agency.slug,
            route="code",
            state="active",
            record_ref_encrypted=crypto.encrypt("ref"),
            reserved_at=now,
            linked_at=now,
        )
        Message.objects.create(
            account_id=account.id,
            agency=agency.slug,
            title=f"Surat {number}",
            body="Isi surat.",
            language="id",
            received_at=now,
        )
        audit.record_access(
            account_id=account.id,
            actor=audit.Actor(kind="agency", agency=agency.slug, role="sign-in"),
            what="identity",
            purpose_code="sign_in",
            words=audit.Words(id="mengenali Anda saat masuk", en="recognised you at sign-in"),
            legal_basis="UU 27/2022, pasal 20",
            at=now,
        )
    AgencyFactory()  # one that she has not joined
    browser = Client(headers={"accept-language": "id", "host": settings.ALLOWED_HOSTS[0]})
    sign_in(browser, account, at=now - timedelta(minutes=1))
    sign_in(browser, account)
    assert browser.get("/home/").status_code == 200
    with CaptureQueriesContext(connection) as queries:
        assert browser.get("/home/").status_code == 200
    name = settings.SESSION_COOKIE_NAME
    cookie = f"{name}={browser.cookies[name].value}"
    statements = [query["sql"] for query in queries]
    print(json.dumps({"cookie": cookie, "statements": statements}))


main()
