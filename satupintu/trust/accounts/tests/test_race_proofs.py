# SPDX-License-Identifier: Apache-2.0
"""Real threads against a real PostgreSQL: what counts once counts once."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection
from django.utils import timezone

from satupintu.foundation.errors import Refusal
from satupintu.foundation.ids import new_id
from satupintu.trust.accounts import actions
from satupintu.trust.accounts.models import Account
from satupintu.trust.accounts.queries import Origin

from .factories import AccountFactory
from .test_sign_in import SECRET, show_code

pytestmark = pytest.mark.django_db(transaction=True)

THREADS = 6


def race(act):
    """Run `act(n)` in threads at once; answers how many were not refused."""
    barrier = Barrier(THREADS)

    def run(number):
        barrier.wait()
        try:
            act(number)
        except Refusal:
            return 0
        finally:
            connection.close()
        return 1

    with ThreadPoolExecutor(THREADS) as pool:
        return sum(pool.map(run, range(THREADS)))


def test_one_recovery_code_from_many_tabs_counts_once():
    account = AccountFactory()
    at = timezone.now()
    code = actions.make_recovery_codes(account_id=account.pk, at=at)[0]

    won = race(lambda _n: actions.use_recovery_code(account_id=account.pk, typed=code, at=at))

    assert won == 1


def test_one_code_of_the_app_from_many_tabs_counts_once():
    account = AccountFactory()
    at = timezone.now()
    actions.factors.store_app(account_id=account.pk, secret=SECRET, used_step=0, at=at)
    code = show_code(at)

    won = race(lambda _n: actions.use_app_code(account_id=account.pk, typed=code, at=at))

    assert won == 1


def test_many_sign_ups_with_one_address_make_one_account():
    at = timezone.now()

    won = race(
        lambda _n: actions.make_account(
            account_id=new_id(),
            email="sari@surat.nusa",
            full_name="Sari",
            language="id",
            password_hash="",
            app=None,
            passkey=None,
            passkey_name="",
            origin=Origin(),
            at=at,
        )
    )

    assert won == 1
    assert Account.objects.count() == 1


def test_guesses_of_an_e_mailed_code_at_once_share_their_five_tries():
    at = timezone.now()
    pending, _digits = actions.email_codes.open_pending(
        purpose="signup", email="sari@surat.nusa", at=at
    )
    pending = actions.email_codes.blind(pending)
    answers = []

    def guess(number):
        try:
            actions.confirm_code(pending=pending, typed=f"{number:06d}", origin=Origin(), at=at)
        except Refusal as refusal:
            answers.append(refusal.code)
            raise

    assert race(guess) == 0
    assert race(guess) == 0
    assert answers.count("code_wrong") == 5
    assert answers.count("code_used_up") == 2 * THREADS - 5


def test_new_codes_from_many_tabs_leave_one_set():
    account = AccountFactory()
    at = timezone.now()

    race(lambda _n: actions.make_recovery_codes(account_id=account.pk, at=at))

    assert account.pk
    assert actions.factors.RecoveryCode.objects.filter(account_id=account.pk).count() == 8
