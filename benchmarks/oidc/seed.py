# SPDX-License-Identifier: Apache-2.0
"""An agency with a client, and a person who is signed in at AL2 and agreed; as JSON."""

import json

import django

django.setup()

from django.test import Client as Browser  # noqa: E402
from django.utils import timezone  # noqa: E402

from benchmarks.oidc.party import CALLBACK, make_key  # noqa: E402
from satupintu.trust.accounts.tests.factories import AccountFactory, sign_in  # noqa: E402
from satupintu.trust.agencies.tests.factories import AgencyFactory, ClientFactory  # noqa: E402
from satupintu.trust.consent import actions as consents  # noqa: E402

agency, account, browser, jwk = AgencyFactory(), AccountFactory(), Browser(), make_key()
public = {name: value for name, value in jwk.items() if name != "d"}
client = ClientFactory(
    agency=agency,
    auth_method="private_key_jwt",
    secret_hash="",
    jwks={"keys": [public]},
    redirect_uris=[CALLBACK],
)
sign_in(browser, account)
consents.give_consent(
    account_id=account.pk,
    agency_slug=agency.slug,
    attributes=["identity_confirmed"],
    purpose="signin",
    level=2,
    at=timezone.now(),
)
cookies = {name: morsel.value for name, morsel in browser.cookies.items()}
print(json.dumps({"client_id": client.client_id, "jwk": jwk, "cookies": cookies}))
