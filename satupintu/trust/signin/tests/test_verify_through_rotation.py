# SPDX-License-Identifier: Apache-2.0
"""What an agency's program sees of the portal's keys, over HTTP, with a library of its own."""

from datetime import timedelta

import httpx
import pytest
from django.utils import timezone
from joserfc import jwk, jwt
from joserfc.errors import InvalidKeyIdError

from satupintu.trust.rulebook.actions import seed_rulebook
from satupintu.trust.signin import actions

from .parties import read_answer

LEAD = timedelta(hours=24)
pytestmark = pytest.mark.django_db(transaction=True)


class RelyingParty:
    """It signs people in, and keeps the key set that it fetched, as its cache header allows."""

    def __init__(self, address, party, person):
        cookies = {name: morsel.value for name, morsel in person.browser.cookies.items()}
        self.http = httpx.Client(base_url=address, cookies=cookies, trust_env=False)
        self.party = party
        self.fetch_keys()

    def get(self, address, headers=None):
        return self.http.get(address, headers=headers)

    def post(self, address, form, headers=None):
        return self.http.post(address, data=form, headers=headers)

    def fetch_keys(self):
        self.answer = self.http.get("/.well-known/jwks.json")
        self.keys = jwk.KeySet.import_key_set(self.answer.json())

    def get_id_token(self):
        code = read_answer(self.party.ask(self))["code"]
        return self.party.exchange(self, code).json()["id_token"]

    def read(self, id_token):
        return jwt.decode(id_token, self.keys, algorithms=["ES256"])


@pytest.fixture
def site(live_server, settings, make_person, party):
    settings.PUBLIC_URL = live_server.url
    seed_rulebook()
    actions.ensure_signing_keys(at=timezone.now() - LEAD)
    person = make_person()
    person.agree(party)
    site = RelyingParty(live_server.url, party, person)
    yield site
    site.http.close()


def test_a_rotation_is_noticed_by_nobody(site):
    before = site.get_id_token()
    kept = site.keys

    actions.rotate_signing_key(algorithm="ES256", at=timezone.now())

    after = site.get_id_token()
    assert site.read(before).header["kid"] != site.read(after).header["kid"], "by the kept set"
    site.fetch_keys()
    assert site.keys.as_dict() != kept.as_dict()
    assert site.read(before).claims["sub"] == site.read(after).claims["sub"], "by a fresh one"


def test_safety_24_after_a_suspension_a_kept_key_set_reads_what_is_new_and_a_fresh_one_not_the_old(
    site,
):
    before = site.get_id_token()

    actions.suspend_signing_key(
        kid=site.read(before).header["kid"], reason="Lost.", at=timezone.now()
    )

    assert site.read(site.get_id_token()), "by the kept set"
    site.fetch_keys()
    with pytest.raises(InvalidKeyIdError):
        site.read(before)


def test_an_unchanged_key_set_is_not_sent_again(site):
    etag = site.answer.headers["ETag"]

    same = site.get("/.well-known/jwks.json", headers={"If-None-Match": etag})
    actions.rotate_signing_key(algorithm="ES256", at=timezone.now())
    other = site.get("/.well-known/jwks.json", headers={"If-None-Match": etag})

    assert (same.status_code, same.content, other.status_code) == (304, b"", 200)
    assert same.headers["Cache-Control"] == "public, max-age=3600"
    assert other.headers["ETag"] != etag


def test_the_key_set_may_be_kept_for_as_long_as_the_next_key_waits_and_no_longer(site):
    kept = int(site.answer.headers["Cache-Control"].partition("max-age=")[2])

    assert timedelta(seconds=kept) < LEAD
