# SPDX-License-Identifier: Apache-2.0
"""An agency with a client, and people who are signed in at AL2 and agreed; as JSON.

`python -m benchmarks.oidc.seed [EMAIL ...]`: these accounts, or new ones.
"""

import json
import sys

import django

django.setup()

from django.test import Client as Browser  # noqa: E402
from django.utils import timezone  # noqa: E402

from benchmarks.oidc.party import CALLBACK, make_key  # noqa: E402
from satupintu.dealings.linking.models import Link, RecordHolder  # noqa: E402
from satupintu.foundation import crypto  # noqa: E402
from satupintu.foundation.ids import new_id  # noqa: E402
from satupintu.trust.accounts.models import Account  # noqa: E402
from satupintu.trust.accounts.tests.factories import AccountFactory, sign_in  # noqa: E402
from satupintu.trust.agencies.tests.factories import AgencyFactory, ClientFactory  # noqa: E402
from satupintu.trust.consent import actions as consents  # noqa: E402

PEOPLE = 50


def make_link(account: Account, agency: str) -> None:
    link = Link.objects.create(
        account_id=account.pk,
        agency=agency,
        route="code",
        state="active",
        record_ref_encrypted=crypto.encrypt("01.234.567.8-901.000"),
        reserved_at=timezone.now(),
        linked_at=timezone.now(),
    )
    RecordHolder.objects.create(
        agency=agency,
        record_hash=crypto.keyed_hash("linking.record", str(account.pk)),
        account_id=account.pk,
        link_id=link.id,
    )


def open_browser(account: Account, agency: str) -> dict[str, str]:
    """The cookies of somebody who is signed in and agreed."""
    browser = Browser()
    sign_in(browser, account)
    consents.give_consent(
        account_id=account.pk,
        agency_slug=agency,
        attributes=["identity_confirmed"],
        purpose="signin",
        level=2,
        at=timezone.now(),
    )
    return {name: morsel.value for name, morsel in browser.cookies.items()}


emails, jwk = sys.argv[1:], make_key()
agency = AgencyFactory(slug=f"bench-{new_id()}")
client = ClientFactory(
    client_id=f"bench-{new_id()}",
    agency=agency,
    auth_method="private_key_jwt",
    secret_hash="",
    jwks={"keys": [{name: value for name, value in jwk.items() if name != "d"}]},
    redirect_uris=[CALLBACK],
)
found = Account.objects.filter(email__in=emails)
accounts = list(found) if emails else [AccountFactory() for _ in range(PEOPLE)]
for each in accounts:
    make_link(each, agency.slug)
browsers = [open_browser(each, agency.slug) for each in accounts]
print(json.dumps({"client_id": client.client_id, "jwk": jwk, "browsers": browsers}))
