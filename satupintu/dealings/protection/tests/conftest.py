# SPDX-License-Identifier: Apache-2.0
import pytest
from django.utils import timezone

from satupintu.dealings.exchange.tests.fake_agency import run_fake_agency
from satupintu.dealings.linking.models import Link
from satupintu.dealings.linking.tests import ways
from satupintu.trust.accounts.tests.factories import AccountFactory, sign_in
from satupintu.trust.agencies.tests.factories import AgencyFactory
from satupintu.trust.staff.tests.factories import StaffFactory


@pytest.fixture
def at():
    return timezone.now()


@pytest.fixture
def office():
    """The tax office's own program."""
    with run_fake_agency(codes={"K7PM2XRD94QT": ("ref-sari", "S*** W***")}) as agency:
        yield agency


@pytest.fixture
def tax(db, office):
    return AgencyFactory(
        slug="pajak",
        sector="tax",
        name_id="Kantor Pajak Nusa",
        name_en="Nusa Tax Office",
        api_url=office.url,
    )


@pytest.fixture
def sari(db):
    return AccountFactory(email="sari@surat.nusa", full_name="Sari Wulandari", with_password=True)


@pytest.fixture
def linked(sari, tax):
    """Sari's link to the tax office, which waits for nothing any more."""
    link_id = ways.link(sari)
    Link.objects.update(provisional_until=None)
    return link_id


@pytest.fixture
def browser(client, sari):
    """Sari's, signed in with two factors just now."""
    sign_in(client, sari, level=2)
    return client


@pytest.fixture
def desk(db):
    """Three of one help desk."""
    agency = AgencyFactory(slug="loket", sector="loket")
    return [StaffFactory(agency=agency, role="help_desk") for _ in range(3)]
