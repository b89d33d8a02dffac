# SPDX-License-Identifier: Apache-2.0
"""Whoever may guess at six digits gets few tries, however many codes he asks for."""

import re

import pytest
from django.urls import reverse
from django.utils import timezone

from satupintu.trust.accounts import actions
from satupintu.trust.accounts.actions import email_codes
from satupintu.trust.accounts.queries import Origin

from .factories import AccountFactory
from .mailbox import read_mails

pytestmark = pytest.mark.django_db

SARI = "sari@surat.nusa"


@pytest.fixture
def digits(monkeypatch):
    """Every code that is made, as the one who makes it sees it."""
    made = []
    open_pending = email_codes.open_pending

    def watch(**asked):
        pending, code = open_pending(**asked)
        made.append(code)
        return pending, code

    monkeypatch.setattr("satupintu.trust.accounts.actions.recover.open_pending", watch)
    monkeypatch.setattr("satupintu.trust.accounts.actions.sign_up.open_pending", watch)
    return made


@pytest.mark.parametrize(
    ("start", "code"),
    [("account_reset_password", "reset_code"), ("account_signup", "signup_code")],
)
def test_safety_04_a_code_that_was_not_mailed_for_the_limit_fits_nowhere(
    client, digits, start, code
):
    if code == "reset_code":
        AccountFactory(email=SARI)
    for _ in range(7):
        client.post(reverse(start), {"full_name": "Sari", "email": SARI})
    mailed = "".join(re.findall(r"\d{3} \d{3}", " ".join(one.body for one in read_mails())))

    page = client.post(reverse(f"accounts:{code}"), {"code": digits[-1]})

    assert len(digits) == 7
    assert len(mailed) == 6 * 7
    assert page.status_code == 422


def test_safety_04_new_codes_buy_no_new_tries_for_one_address():
    at = timezone.now()
    strange = Origin(network="10.1.x.x")
    outcomes = []
    for _n in range(3):
        pending, _digits = email_codes.open_pending(purpose="reset", email=SARI, at=at)
        for _ in range(4):
            try:
                actions.confirm_code(pending=pending, typed="letters", origin=strange, at=at)
            except (actions.CodeWrong, email_codes.CodeRouteClosed) as refusal:
                outcomes.append(type(refusal).__name__)

    assert outcomes == ["CodeWrong"] * 10 + ["CodeRouteClosed"] * 2


def test_safety_04_a_guesser_with_many_networks_has_a_hundred_tries_a_day(digits):
    at = timezone.now()
    for n in range(101):
        pending, right = email_codes.open_pending(purpose="reset", email=SARI, at=at)
        origin = Origin(network=f"10.{n}.x.x")
        if n < 100:
            with pytest.raises(actions.CodeWrong):
                actions.confirm_code(pending=pending, typed="letters", origin=origin, at=at)

    with pytest.raises(email_codes.CodeRouteClosed):
        actions.confirm_code(pending=pending, typed=right, origin=origin, at=at)


def test_safety_06_a_strangers_guesses_leave_the_persons_own_device_its_tries():
    at = timezone.now()
    own = Origin(device_key="hers", known_accounts=frozenset({actions.hash_account(SARI)}))
    for n in range(101):
        pending, right = email_codes.open_pending(purpose="reset", email=SARI, at=at)
        with pytest.raises((actions.CodeWrong, email_codes.CodeRouteClosed)):
            actions.confirm_code(
                pending=pending, typed="letters", origin=Origin(network=f"10.{n}.x.x"), at=at
            )

    confirmed = actions.confirm_code(pending=pending, typed=right, origin=own, at=at)

    assert confirmed.confirmed_at
