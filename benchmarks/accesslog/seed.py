# SPDX-License-Identifier: Apache-2.0
"""Two people, one with ten lines and one with 10,000, and the table of the bare INSERT; prints both
cookies."""

import json
from datetime import timedelta

import django

django.setup()

from django.conf import settings  # noqa: E402
from django.db import connection, transaction  # noqa: E402
from django.test import Client  # noqa: E402
from django.utils import timezone  # noqa: E402

from satupintu.foundation.audit import actions as audit  # noqa: E402
from satupintu.trust.accounts.tests.factories import AccountFactory, sign_in  # noqa: E402
from satupintu.trust.agencies.tests.factories import AgencyFactory  # noqa: E402

SIZES = {"small": 10, "large": 10_000}
BARE = """
    CREATE TABLE bench_bare (LIKE audit_access_record INCLUDING DEFAULTS);
    ALTER TABLE bench_bare DROP COLUMN salt, DROP COLUMN commitment, DROP COLUMN leaf_index,
        ADD PRIMARY KEY (account_id, id);
    CREATE INDEX bench_bare_by_person ON bench_bare (account_id, at DESC);
"""


def main() -> None:
    now = timezone.now()
    agency = AgencyFactory()
    cookies = {}
    for name, size in SIZES.items():
        account = AccountFactory(full_name="Sari Wulandari")
        with transaction.atomic():
            for number in range(size):
                audit.record_access(
                    account_id=account.id,
                    actor=audit.Actor(kind="agency", agency=agency.slug, role="assessor"),
                    what="address",
                    purpose_code="assessment",
                    words=audit.Words(
                        id="melihat alamat Anda, untuk mengirim surat ketetapan",
                        en="saw your address, to send an assessment",
                    ),
                    legal_basis="UU 27/2022, Pasal 20 ayat (2) huruf c",
                    at=now - timedelta(minutes=size - number),
                )
        browser = Client(headers={"host": settings.ALLOWED_HOSTS[0]})
        sign_in(browser, account)
        cookie = settings.SESSION_COOKIE_NAME
        cookies[name] = f"{cookie}={browser.cookies[cookie].value}"
    while audit.sequence_accesses():
        pass
    audit.sign_head(at=now)
    with connection.cursor() as cursor:
        cursor.execute(BARE)
        # As autovacuum leaves a table that was not filled a moment ago.
        cursor.execute("ANALYZE audit_access_record")
    print(json.dumps(cookies))


main()
