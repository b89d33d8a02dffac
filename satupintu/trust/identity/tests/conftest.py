# SPDX-License-Identifier: Apache-2.0
import pytest
from django.test import Client as Browser

from satupintu.trust.accounts.tests.factories import AccountFactory, sign_in
from satupintu.trust.agencies.tests.factories import AgencyFactory
from satupintu.trust.staff.tests.factories import StaffFactory

from .fake_provider import run_fake_provider


@pytest.fixture
def fake(settings):
    """The identity provider of these settings."""
    with run_fake_provider() as running:
        settings.IDENTITY_PROVIDER = {
            "issuer": running.url,
            "slug": "nusaid",
            "name": "NusaID",
            "client_id": "satupintu",
            "client_secret": "a-secret",
            "levels": {"urn:fake:high": 2, "urn:fake:low": 1},
        }
        yield running


@pytest.fixture
def make_person(db):
    """Somebody in front of a browser, signed in at AL2 unless told otherwise."""

    def make(*, level=2, full_name="Sari Wulandari", **fields):
        browser, account = Browser(), AccountFactory(full_name=full_name, **fields)
        sign_in(browser, account, level=level)
        return browser, account

    return make


@pytest.fixture
def tax(db):
    return AgencyFactory(slug="tax", name_id="Kantor Pajak", name_en="Tax Office")


@pytest.fixture
def rina(tax):
    return StaffFactory(agency=tax, role="help_desk", full_name="Rina Kartika")


@pytest.fixture
def sari(db):
    return AccountFactory(full_name="Sari Wulandari")
