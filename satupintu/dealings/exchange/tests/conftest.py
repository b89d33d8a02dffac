# SPDX-License-Identifier: Apache-2.0
import pytest

from satupintu.trust.agencies.tests.factories import AgencyFactory

from .fake_agency import run_fake_agency


@pytest.fixture
def office():
    """The agency's own program."""
    with run_fake_agency() as agency:
        yield agency


@pytest.fixture
def tax(db, office):
    """The agency as the portal knows it."""
    return AgencyFactory(slug="pajak", sector="tax", api_url=office.url)
