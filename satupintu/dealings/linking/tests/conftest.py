# SPDX-License-Identifier: Apache-2.0
import pytest
from django.utils import timezone

from satupintu.dealings.exchange.tests.fake_agency import run_fake_agency
from satupintu.trust.accounts.tests.factories import AccountFactory, sign_in
from satupintu.trust.agencies.tests.factories import AgencyFactory
from satupintu.trust.rulebook.models import Policy


@pytest.fixture
def at():
    return timezone.now()


@pytest.fixture
def office():
    """The tax office's own program; it has sent out two letters with codes."""
    letters = {
        "K7PM2XRD94QT": ("ref-sari", "S*** W***"),
        "B3ND8WCK55HJ": ("ref-budi", "B*** S***"),
    }
    with run_fake_agency(codes=letters) as agency:
        yield agency


@pytest.fixture
def tax(db, office):
    return AgencyFactory(
        slug="pajak",
        sector="tax",
        name_id="Kantor Pajak Nusa",
        name_en="Nusa Tax Office",
        summary_id="Laporan pajak tahunan, tagihan, dan pengembalian Anda.",
        summary_en="Your yearly tax return, bills and refunds.",
        api_url=office.url,
        site_url="http://127.0.0.1:9/pajak",
    )


@pytest.fixture
def clinic(db):
    """The health insurer's own program, on a port of its own."""
    with run_fake_agency(codes={"H3A1THC0DE55": ("ref-h-7", "S*** W***")}) as agency:
        yield agency


@pytest.fixture
def health(db, clinic):
    return AgencyFactory(
        slug="sehat",
        sector="health",
        name_id="Jaminan Kesehatan Nusa",
        name_en="Nusa Health Insurance",
        api_url=clinic.url,
    )


@pytest.fixture
def sari(db):
    return AccountFactory(email="sari@surat.nusa", full_name="Sari Wulandari")


@pytest.fixture
def budi(db):
    return AccountFactory(email="budi@surat.nusa", full_name="Budi")


@pytest.fixture
def browser(client, sari):
    """Sari's, signed in with two factors."""
    sign_in(client, sari, level=2)
    return client


@pytest.fixture
def hurry(db):
    """One second instead of four, so that a test of slowness need not be slow."""
    Policy.objects.filter(name="exchange.question_timeout").update(value="1 s")
