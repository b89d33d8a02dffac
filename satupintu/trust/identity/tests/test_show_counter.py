# SPDX-License-Identifier: Apache-2.0
"""The pages of a counter: the person's phone and the desk."""

import re
from datetime import timedelta

import pytest
from django.test import Client as Browser
from django.urls import reverse
from django.utils import timezone

from satupintu.trust.identity import queries
from satupintu.trust.identity.models import ProofCode
from satupintu.trust.staff.tests.factories import sign_in as sign_in_staff

pytestmark = pytest.mark.django_db
NOON = timezone.now()
ASK, SHOW = "/account/identity/counter/", "/account/identity/counter/code/"
DESK, CONFIRM = "/staff/identity/counter/", "/staff/identity/counter/confirm/"
BIG_CODE = re.compile(r"<code>([0-9A-Z]{4} [0-9A-Z]{4})</code>")


def level(account):
    return queries.get_level(account_id=account.pk, at=timezone.now())


def test_from_the_persons_phone_to_the_counter_and_back(make_person, rina):
    phone, account = make_person()
    desk = Browser()
    sign_in_staff(desk, rina)

    assert phone.post(ASK).url == SHOW
    [code] = BIG_CODE.findall(phone.get(SHOW).content.decode())
    compare = desk.post(DESK, {"code": code})
    assert account.full_name in compare.content.decode()
    assert account.email not in compare.content.decode()
    assert "sudah diketik" in phone.get(SHOW).content.decode()
    done = desk.post(CONFIRM, {"code": code, "paper": "id_card", "sure": "on"})

    assert done.url == reverse("identity_desk:counter")
    assert phone.get(SHOW).url == "/account/identity/done/"
    page = phone.get("/account/identity/done/").content.decode()
    assert "Kantor Pajak" in page
    assert "Help desk" in page or "bantuan" in page.lower()
    assert rina.full_name not in page


def test_staff_who_do_not_say_what_they_saw_are_asked_again(make_person, rina):
    phone, account = make_person()
    phone.post(ASK)
    [code] = BIG_CODE.findall(phone.get(SHOW).content.decode())
    desk = Browser()
    sign_in_staff(desk, rina)
    desk.post(DESK, {"code": code})

    page = desk.post(CONFIRM, {"code": code})

    assert page.status_code == 422
    assert account.full_name in page.content.decode()
    assert level(account) == 0


def test_a_wrong_code_is_refused_at_its_field(client, rina):
    sign_in_staff(client, rina)

    page = client.post(DESK, {"code": "AAAA AAAA"})

    assert page.status_code == 422
    assert "tidak cocok" in page.content.decode()
    assert client.post(CONFIRM, {"code": "AAAA AAAA"}).status_code == 422


def test_safety_2_one_factor_asks_for_no_code(make_person):
    phone, _account = make_person(level=1)

    assert phone.post(ASK).url.startswith(reverse("accounts:step_up"))
    assert not ProofCode.objects.exists()


def test_a_code_is_shown_to_nobody_else_and_not_after_its_end(make_person):
    phone, account = make_person()
    other, _account = make_person()
    phone.post(ASK)

    assert other.get(SHOW).url == ASK
    ProofCode.objects.filter(account_id=account.pk).update(expires_at=NOON - timedelta(hours=1))
    assert phone.get(SHOW).url == ASK
    assert "no-store" in phone.get(ASK).headers["Cache-Control"]


def test_a_name_that_is_missing_is_said_on_the_page(make_person):
    phone, _account = make_person(full_name="")

    page = phone.post(ASK)

    assert page.status_code == 422
    assert "belum bernama" in page.content.decode()
