# SPDX-License-Identifier: Apache-2.0
"""Made-up accounts, and a test client that is signed in by a real session row."""

from datetime import datetime, timedelta
from importlib import import_module

import factory
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.utils import timezone

from satupintu.trust.accounts.models import Account

PASSWORD = "delapan belas ribu pulau"


class AccountFactory(factory.django.DjangoModelFactory):
    """Without a password, unless `with_password=True` asks for PASSWORD (hashing is slow)."""

    class Meta:
        model = Account
        skip_postgeneration_save = True

    email = factory.Sequence(lambda n: f"orang{n}@surat.nusa")
    full_name = factory.Sequence(lambda n: f"Sari Wulandari {n}")
    language = "id"
    password = "!"

    @factory.post_generation
    def with_password(self, create, extracted, **kwargs):
        if extracted:
            self.set_password(PASSWORD if extracted is True else extracted)
            self.save()


def sign_in(client, account: Account, level: int = 2, at: datetime | None = None):
    """Sign a Django test client in at a level. Answers the session store, whose `row.id` is the
    session's id. With `at` in the past, the session began then and was seen then."""
    at = at or timezone.now()
    store = import_module(settings.SESSION_ENGINE).SessionStore()
    store[SESSION_KEY] = str(account.pk)
    store[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    store[HASH_SESSION_KEY] = account.get_session_auth_hash()
    store.create()
    store.record_authentication(method="password", at=at - timedelta(seconds=1))
    if level == 2:
        store.record_authentication(method="totp", at=at)
    store.describe(device="Chrome, Android", network="36.81.x.x", at=at)
    store.save()
    client.cookies[settings.SESSION_COOKIE_NAME] = store.session_key
    return store
