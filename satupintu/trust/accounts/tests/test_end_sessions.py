# SPDX-License-Identifier: Apache-2.0
from datetime import timedelta

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone

from satupintu.trust.accounts import queries, tasks
from satupintu.trust.accounts.models import AccountSession

from .factories import AccountFactory, sign_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def sari(client):
    account = AccountFactory(email="sari@surat.nusa")
    sign_in(client, account)
    return account


def test_a_sign_in_that_is_ended_elsewhere_ends_at_once(client, sari):
    phone = type(client)()
    store = sign_in(phone, sari)
    assert phone.get(reverse("accounts:security")).status_code == 200

    client.post(reverse("accounts:end_session", args=[store.row.id]))

    assert phone.get(reverse("accounts:security")).url.startswith(reverse("account_login"))
    assert client.get(reverse("accounts:security")).status_code == 200


def test_all_others_end_and_this_one_stays(client, sari):
    for _ in range(3):
        sign_in(type(client)(), sari)

    page = client.post(reverse("accounts:end_others"), follow=True)

    assert "3 sesi masuk diakhiri" in page.content.decode()
    assert AccountSession.objects.count() == 1
    assert client.post(reverse("accounts:end_others"), follow=True).status_code == 200


def test_nobody_ends_the_sign_in_of_somebody_else(client, sari):
    store = sign_in(type(client)(), AccountFactory())

    client.post(reverse("accounts:end_session", args=[store.row.id]))

    assert AccountSession.objects.filter(id=store.row.id).exists()


def test_the_list_shows_device_and_rough_network_and_which_is_this_one(client, sari):
    sign_in(type(client)(), sari)

    page = client.get(reverse("accounts:sessions")).content.decode()

    assert page.count("Chrome, Android") >= 2
    assert "36.81.x.x" in page
    assert page.count("yang ini") == 1


def test_it_was_not_me_ends_all_others_and_shows_what_to_look_at(client, sari):
    sign_in(type(client)(), sari)

    page = client.post(reverse("accounts:not_me")).content.decode()

    assert AccountSession.objects.count() == 1
    assert reverse("accounts:change_password") in page


def test_signed_out_the_page_says_what_to_do(client):
    page = client.get(reverse("accounts:not_me"))

    assert page.status_code == 200
    assert reverse("account_reset_password") in page.content.decode()
    assert client.post(reverse("accounts:not_me")).status_code == 200


def test_expired_sessions_are_swept(client, sari):
    late = timezone.now() + timedelta(days=31)

    with time_machine.travel(late):
        tasks.sweep_sessions(timestamp=int(late.timestamp()))

    assert not AccountSession.objects.exists()


def test_a_page_of_the_account_costs_one_query_for_session_and_one_for_account(
    client, sari, settings, django_assert_max_num_queries
):
    settings.SNAPSHOT_SECONDS = 30.0  # policies are read from memory, as they are in production
    client.get(reverse("accounts:change_name"))

    # Session, account; the rest of the budget belongs to the shell's badge.
    with django_assert_max_num_queries(3):
        client.get(reverse("accounts:change_name"))


def test_the_sessions_of_a_person_are_hers_alone(client, sari):
    sign_in(type(client)(), AccountFactory())

    cards = queries.list_sessions(account_id=sari.pk, session_id=None, at=timezone.now())

    assert len(cards) == 1
