# SPDX-License-Identifier: Apache-2.0
from cryptography.fernet import Fernet

from satupintu.dealings.linking import actions, queries
from satupintu.foundation import crypto

from .ways import confirm, enter, has_link, link


def test_links_and_proofs_survive_the_end_of_an_old_key(sari, budi, tax, settings, at):
    link(sari)
    attempt_id = enter(budi, "B3ND 8WCK 55HJ")
    old, new = settings.ENCRYPTION_KEYS, [Fernet.generate_key().decode()]
    settings.ENCRYPTION_KEYS = new + old

    assert actions.rotate_secrets() == 5

    settings.ENCRYPTION_KEYS = new
    hint = queries.get_attempt(account_id=budi.id, agency_slug="pajak", at=at).record_hint
    assert hint == "B*** S***"
    confirm(budi, attempt_id)
    assert has_link(budi)
    crypto._keyring.cache_clear()
