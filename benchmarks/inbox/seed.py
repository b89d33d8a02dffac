# SPDX-License-Identifier: Apache-2.0
"""An agency with a token, and people whom it may write to; as JSON."""

import json
from datetime import timedelta

import django

django.setup()

from satupintu.dealings.inbox.tests.factories import make_subject, make_token  # noqa: E402
from satupintu.trust.accounts.tests.factories import AccountFactory  # noqa: E402
from satupintu.trust.agencies.tests.factories import AgencyFactory, ClientFactory  # noqa: E402
from satupintu.trust.signin.models import AccessToken  # noqa: E402

agency = AgencyFactory()
client = ClientFactory(agency=agency)
token = make_token(client)
# The token endpoint gives five minutes; a slow machine may measure for longer.
expires_at = AccessToken.objects.get().expires_at + timedelta(hours=1)
AccessToken.objects.update(expires_at=expires_at)
subjects = [
    make_subject(account=AccountFactory(), agency=agency.slug, sector=agency.sector)
    for _ in range(100)
]
print(json.dumps({"token": token, "subjects": subjects}))
