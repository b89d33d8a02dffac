# SPDX-License-Identifier: Apache-2.0
"""A sign-in that was ended stays ended, whatever still ran in it."""

import pytest
from django.contrib.sessions.backends.base import UpdateError
from django.contrib.sessions.exceptions import SessionInterrupted
from django.urls import reverse
from django.utils import timezone

from satupintu.trust.accounts import actions
from satupintu.trust.accounts.models import AccountSession
from satupintu.trust.accounts.queries import Origin
from satupintu.trust.accounts.session_store import SessionStore

from .factories import AccountFactory, sign_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def running(client):
    """A request that has loaded its session, and whose person then ends it elsewhere."""
    key = sign_in(client, AccountFactory()).session_key
    session = SessionStore(key)
    session.load()
    account_id, session_id = session.row.account_id, session.row.id
    actions.end_session(
        account_id=account_id,
        session_id=session_id,
        ended_by=None,
        origin=Origin(),
        at=timezone.now(),
    )
    return session


def test_a_late_save_does_not_bring_an_ended_session_back(running):
    running["typed"] = "late"

    with pytest.raises(UpdateError):
        running.save()

    assert not AccountSession.objects.exists()


def test_a_new_key_does_not_bring_an_ended_session_back(running):
    with pytest.raises(SessionInterrupted):
        running.cycle_key()

    assert not AccountSession.objects.exists()


@pytest.mark.parametrize("method", ["password", "totp", "passkey"])
def test_new_proof_does_not_bring_an_ended_session_back(running, method):
    with pytest.raises(SessionInterrupted):
        running.record_authentication(method=method, at=timezone.now(), key="")

    assert not AccountSession.objects.exists()


def test_being_seen_does_not_bring_an_ended_session_back(running):
    running._mark_seen(running.row, timezone.now())

    assert not AccountSession.objects.exists()


def test_where_it_began_does_not_bring_an_ended_session_back(running):
    running.describe(device="Chrome, Android", network="36.81.x.x", at=timezone.now())

    assert not AccountSession.objects.exists()


def test_a_visitor_without_an_account_gets_a_new_key_even_where_the_old_row_was_swept(client):
    session = SessionStore()
    session["typed"] = "Sari"
    session.create()
    AccountSession.objects.all().delete()

    session.cycle_key()

    assert SessionStore(session.session_key)["typed"] == "Sari"


def test_a_password_page_whose_session_is_ended_meanwhile_is_refused_and_opens_nothing(
    client, monkeypatch
):
    account = AccountFactory(with_password=True)
    sign_in(client, account)
    change = actions.change_password

    def end_meanwhile(**given):
        changed = change(**given)
        AccountSession.objects.all().delete()
        return changed

    monkeypatch.setattr(actions, "change_password", end_meanwhile)

    page = client.post(
        reverse("accounts:change_password"), {"password": "tujuh belas agustus pagi"}
    )

    assert page.status_code in {302, 400}
    assert not AccountSession.objects.filter(account_id=account.pk).exists()
    assert client.get(reverse("accounts:security")).status_code == 302
