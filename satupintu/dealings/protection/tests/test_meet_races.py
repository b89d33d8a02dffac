# SPDX-License-Identifier: Apache-2.0
"""What happens elsewhere while a case is open: an end, a pause, a second freeze."""

import threading

import pytest
from django.db import connection, transaction
from django.urls import reverse
from django.utils import timezone

from satupintu.dealings.linking import queries as linking
from satupintu.dealings.linking.tests import ways
from satupintu.dealings.protection import actions
from satupintu.dealings.protection.models import Case, FrozenLink
from satupintu.trust.accounts import actions as accounts
from satupintu.trust.accounts.models import Account
from satupintu.trust.rulebook import queries as rulebook

from . import steps

pytestmark = pytest.mark.django_db


def test_a_line_of_a_link_that_ended_elsewhere_ends_no_newer_link(sari, linked, office, desk):
    account = steps.renew(steps.restore(steps.freeze(sari), desk))
    ways.unlink(account)
    ways.tell_agencies()
    office.codes["NEWC0DE55555"] = ("ref-sari", "S*** W***")
    newer = ways.link(account, "NEWC 0DE5 5555")

    with pytest.raises(actions.NoSuchLink):
        actions.end_link(account_id=account.pk, link_id=linked, at=timezone.now())

    assert linking.get_link(account_id=account.pk, agency_slug="pajak").id == newer


def test_a_pause_that_runs_still_is_explained_to_whoever_has_the_account_back(client, sari, desk):
    at = timezone.now()
    steps.pause(sari, at)
    started = steps.restore(steps.freeze(sari), desk)
    store = client.session
    store["protection.browser"] = {
        "account_id": str(started.account_id),
        "restoration_id": str(started.restoration_id),
        "secret": started.secret,
        "code": started.code,
    }
    store["protection.address"] = steps.confirm_address(at).as_json()
    store.save()

    page = client.post(reverse("protection:back_new"), {"password": steps.NEW_PASSWORD})

    assert page.status_code == 403
    assert "Anda dapat masuk lagi setelah" in page.content.decode()
    assert Account.objects.get().frozen_at is None, "she has it back all the same"


def test_a_case_that_is_closed_while_she_freezes_again_is_open_again(
    sari, linked, desk, monkeypatch
):
    number = steps.freeze(sari)
    account = steps.renew(steps.restore(number, desk))

    get_duration = rulebook.get_duration

    def close_meanwhile(name, *, at):
        Case.objects.update(closed_at=at)
        return get_duration(name, at=at)

    monkeypatch.setattr(rulebook, "get_duration", close_meanwhile)

    assert steps.freeze(account) == number

    assert steps.get_case().closed_at is None


@pytest.mark.django_db(transaction=True)
def test_an_end_elsewhere_that_races_a_second_freeze_closes_no_case(sari, linked, desk):
    account = steps.renew(steps.restore(steps.freeze(sari), desk))

    def note():
        try:
            actions.note_ended(account_id=sari.pk, link_id=linked, at=timezone.now())
        finally:
            connection.close()

    worker = threading.Thread(target=note)
    with transaction.atomic():
        accounts.hold_account(account_id=account.pk)
        worker.start()
        worker.join(timeout=0.5)
        assert worker.is_alive(), "it waits for the account"
        steps.freeze(account)
    worker.join(timeout=30)

    assert FrozenLink.objects.get().outcome == "ended"
    assert steps.get_case().closed_at is None
