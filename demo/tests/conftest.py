# SPDX-License-Identifier: Apache-2.0
import pytest

from demo.agency import register
from demo.agency.keys import load_keys
from demo.agency.settings import AgencySettings
from demo.tests.running_agency import run_agency
from demo.tests.stub_portal import run_stub_portal


@pytest.fixture(scope="session")
def portal():
    with run_stub_portal() as stub:
        yield stub


@pytest.fixture(scope="session")
def tax(portal, tmp_path_factory):
    """The tax office as a program of its own; one for all tests, so each plays another person."""
    home = tmp_path_factory.mktemp("tax")
    with run_agency(slug="tax", home=home, portal=portal) as agency:
        yield agency


@pytest.fixture(autouse=True)
def calm_portal(request):
    """What one test did to the stub is undone before the next."""
    if "portal" not in request.fixturenames:
        yield
        return
    stub = request.getfixturevalue("portal")
    stub.id_token_changes, stub.trouble, stub.attempts = {}, [], []
    stub.messages, stub.token_requests = [], []
    stub.is_down, stub.published_keys = False, [stub.key]
    yield


@pytest.fixture
def office(tmp_path):
    """The tax office's register and settings in this process, without a server."""
    settings = AgencySettings(
        slug="tax",
        home=str(tmp_path),
        public_url="http://127.0.0.1:1",
        portal_issuer="http://localhost:2",
        client_id="tax-site",
        residents=40,
    )
    register.build_register(settings=settings)
    return settings


@pytest.fixture
def keys(tmp_path):
    return load_keys(home=tmp_path)
