# SPDX-License-Identifier: Apache-2.0
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import pytest
from django.test import Client as Browser
from django.utils import timezone
from hypothesis import settings as hypothesis_settings

from satupintu.trust.accounts.models import Account
from satupintu.trust.accounts.tests.factories import AccountFactory, sign_in
from satupintu.trust.consent import actions as consents
from satupintu.trust.signin.rules import ATTRIBUTES_OF_SCOPE

from .parties import Party, make_party

# A busy machine is no failure.
hypothesis_settings.register_profile("patient", deadline=None)
hypothesis_settings.load_profile("patient")


@dataclass
class Person:
    """Somebody in front of a browser, signed in at a level."""

    account: Account
    browser: Browser
    session: Any

    def agree(self, party: Party, *scopes: str) -> None:
        consents.give_consent(
            account_id=self.account.pk,
            agency_slug=party.client.agency.slug,
            attributes=[ATTRIBUTES_OF_SCOPE[scope] for scope in scopes or ("openid",)],
            purpose="signin",
            level=2,
            at=timezone.now(),
        )


@pytest.fixture
def party(db) -> Party:
    return make_party()


@pytest.fixture
def make_person(db):
    def make(*, level: int = 2, at: datetime | None = None, **fields) -> Person:
        browser, account = Browser(), AccountFactory(**fields)
        session = sign_in(browser, account, level=level, at=at)
        return Person(account=account, browser=browser, session=session)

    return make


@pytest.fixture
def person(make_person) -> Person:
    """Signed in at AL2, with nothing agreed to yet."""
    return make_person()
