# SPDX-License-Identifier: Apache-2.0
"""A code from a letter pauses an account: at once, for a while, and nothing more."""

import re
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import timedelta
from threading import Barrier

import pytest
from django.core import mail
from django.db import connection
from django.urls import reverse
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from satupintu.foundation.errors import Refusal
from satupintu.foundation.ids import new_id
from satupintu.trust.accounts import actions, queries
from satupintu.trust.accounts.models import Account, AccountSession, Activity, Pause, PauseCode
from satupintu.trust.accounts.queries import Origin
from satupintu.trust.accounts.rules import pauses

from .factories import PASSWORD, AccountFactory, sign_in
from .mailbox import read_mails

pytestmark = pytest.mark.django_db
PAGE = "/account/not-me/code/"
IN_ENGLISH = {"headers": {"Accept-Language": "en"}}
HERE = Origin(device="Chrome, Android", network="36.81.x.x")
AL1_ONLY = {"email": "sari@surat.nusa", "password": PASSWORD}


@pytest.fixture
def sari():
    return AccountFactory(email="sari@surat.nusa", language="en", with_password=True)


def make_code(account, *, origin="link", at=None):
    return actions.make_pause_code(
        account_id=account.pk, origin=origin, about=new_id(), at=at or timezone.now()
    )


def use(code, *, origin=HERE, at=None):
    return actions.use_pause_code(typed=code, origin=origin, at=at or timezone.now())


def text_of(response):
    return response.content.decode()


class TestThePage:
    def test_safety_11_a_code_alone_pauses_without_an_account(self, client, sari):
        code = make_code(sari)

        answer = client.post(PAGE, {"code": pauses.group_code(code).lower()})

        assert answer.status_code == 200
        assert "no-store" in answer.headers["Cache-Control"]
        assert queries.get_running_pause(account_id=sari.pk, at=timezone.now())
        # Not a word about whose account it is.
        assert "sari" not in text_of(answer).lower()

    def test_the_same_code_again_is_a_calm_page(self, client, sari):
        code = make_code(sari)
        client.post(PAGE, {"code": code})

        again = client.post(PAGE, {"code": code})

        assert again.status_code == 200
        assert Pause.objects.count() == 1
        assert PauseCode.objects.get().used_at is not None

    def test_a_code_used_after_its_pause_is_over_says_so_and_pauses_nothing(self, client, sari):
        long_ago = timezone.now() - timedelta(days=5)
        code = make_code(sari, at=long_ago)
        use(code, at=long_ago)

        answer = client.post(PAGE, {"code": code}, **IN_ENGLISH)

        assert answer.status_code == 200
        assert "The pause is over" in text_of(answer)
        assert queries.get_running_pause(account_id=sari.pk, at=timezone.now()) is None

    def test_wrong_unknown_and_expired_codes_are_answered_alike(self, client, sari):
        right = make_code(sari)
        expired = make_code(sari, at=timezone.now() - timedelta(days=91))
        wrong_end = right[:-1] + ("A" if right[-1] != "A" else "B")

        pages = [
            client.post(PAGE, {"code": code}) for code in (wrong_end, "0" * 20, expired, "ABC")
        ]

        assert {page.status_code for page in pages} == {422}
        bodies = {
            re.sub(r'value="[^"]*"', "", text_of(page)).replace(" nonce", "") for page in pages
        }
        assert len(bodies) == 1
        assert not Pause.objects.exists()

    def test_nothing_typed_is_an_error_at_the_field(self, client):
        answer = client.post(PAGE, {"code": ""})

        assert answer.status_code == 422
        assert 'href="#id_code"' in text_of(answer)

    def test_a_forged_post_from_another_site_pauses_nothing(self, sari):
        from django.test import Client

        code = make_code(sari)

        answer = Client(enforce_csrf_checks=True).post(PAGE, {"code": code})

        assert answer.status_code == 403
        assert not Pause.objects.exists()

    def test_the_page_for_those_who_fear_something_leads_here(self, client):
        assert reverse("accounts:pause") in text_of(client.get(reverse("accounts:not_me")))


class TestWhatItDoes:
    def test_it_ends_every_session_and_refuses_the_next(self, client, sari):
        sign_in(client, sari)
        use(make_code(sari))

        answer = client.post(reverse("account_login"), AL1_ONLY)

        assert not AccountSession.objects.filter(account_id=sari.pk).exists()
        assert answer.status_code == 403
        assert client.get("/account/").status_code == 302

    def test_safety_11_the_owner_sees_what_waits_until_when_only_after_her_proof(
        self, client, sari
    ):
        pause = use(make_code(sari)).pause

        wrong = client.post(reverse("account_login"), AL1_ONLY | {"password": "salah semua"})
        right = client.post(reverse("account_login"), AL1_ONLY, **IN_ENGLISH)

        assert "paused" not in text_of(wrong)
        assert wrong.status_code == 422
        assert "Your account is paused" in text_of(right)
        assert str(timezone.localtime(pause.ends_at).day) in text_of(right)

    def test_the_owner_is_told_and_sees_it_in_her_list(self, sari):
        use(make_code(sari))

        assert [one.to for one in read_mails()] == [["sari@surat.nusa"]]
        assert mail.outbox[0].subject == "Your account is paused"
        assert "http" not in mail.outbox[0].body
        assert Activity.objects.filter(account_id=sari.pk, kind="paused").count() == 1

    def test_safety_11_it_ends_by_itself_after_72_hours(self, client, sari):
        began = timezone.now() - timedelta(hours=72, seconds=1)
        use(make_code(sari, at=began), at=began)

        answer = client.post(reverse("account_login"), AL1_ONLY)

        assert answer.status_code == 302

    def test_safety_11_it_happens_once_in_30_days(self, sari):
        at = timezone.now()
        use(make_code(sari, at=at), at=at)
        second = make_code(sari, at=at)

        with pytest.raises(actions.PausedLately):
            use(second, at=at + timedelta(days=29))
        later = use(second, at=at + timedelta(days=30))

        assert later.is_new
        assert Pause.objects.count() == 2

    def test_another_code_while_it_runs_makes_it_no_longer(self, sari):
        at = timezone.now()
        first = use(make_code(sari), at=at)

        second = use(make_code(sari), at=at + timedelta(hours=5))

        assert not second.is_new
        assert second.pause == first.pause

    def test_safety_11_it_undoes_nothing(self, sari):
        before = Account.objects.values().get(pk=sari.pk)

        use(make_code(sari))

        assert Account.objects.values().get(pk=sari.pk) == before

    def test_a_page_that_was_open_changes_nothing_any_more(self, sari):
        use(make_code(sari))

        with pytest.raises(actions.AccountPaused):
            actions.change_email(
                account_id=sari.pk,
                email="lain@surat.nusa",
                origin=HERE,
                session_id=None,
                at=timezone.now(),
            )


class TestGuessing:
    def test_safety_05_a_code_is_kept_as_a_salted_password_hash_of_65_bits(self, sari):
        code = make_code(sari)

        row = PauseCode.objects.get()
        assert len(code) - len(row.selector) == 13
        assert row.secret_hash.startswith("argon2")
        assert code[7:] not in row.secret_hash

    def test_safety_06_one_codes_tries_are_used_up_and_no_other_codes(self, sari):
        guessed, other = make_code(sari), make_code(AccountFactory())
        for _ in range(10):
            with pytest.raises(actions.PauseCodeWrong):
                use(guessed[:7] + "0" * 13)

        with pytest.raises(actions.PauseCodeRouteClosed):
            use(guessed)

        assert use(other).is_new

    def test_safety_06_guessing_once_at_each_of_many_codes_is_stopped_too(self, sari):
        from satupintu.trust.rulebook import queries as rulebook
        from satupintu.trust.rulebook.models import Policy

        Policy.objects.filter(name="accounts.pause_tries_from_one_place").update(value=5)
        rulebook.forget_policies()
        codes = [make_code(AccountFactory()) for _ in range(6)]
        for code in codes[:5]:
            with pytest.raises(actions.PauseCodeWrong):
                use(code[:7] + "0" * 13)

        with pytest.raises(actions.PauseCodeRouteClosed):
            use(codes[5][:7] + "0" * 13)

        # Somewhere else its owner is not kept from it.
        assert use(codes[5], origin=Origin(network="10.9.x.x")).is_new

    def test_the_page_says_when_too_many_were_typed(self, client, sari):
        code = make_code(sari)
        for _ in range(10):
            client.post(PAGE, {"code": code[:7] + "0" * 13})

        assert client.post(PAGE, {"code": code}).status_code == 429

    def test_a_miss_costs_as_much_hashing_as_a_hit(self, sari, monkeypatch):
        from satupintu.trust.accounts.actions import pauses as module

        code, work = make_code(sari), []
        for name in ("make_password", "check_password"):
            real = getattr(module, name)
            monkeypatch.setattr(
                module, name, lambda *a, real=real, name=name: work.append(name) or real(*a)
            )

        for typed in ("0" * 20, code[:7] + "0" * 13, code):
            work.clear()
            with suppress(actions.PauseCodeWrong):
                use(typed)
            assert len(work) == 1


def run_together(*tasks):
    start = Barrier(len(tasks))

    def run(task):
        start.wait()
        try:
            task()
        except Refusal as refusal:
            return refusal.code
        else:
            return "done"
        finally:
            connection.close()

    with ThreadPoolExecutor(len(tasks)) as pool:
        return list(pool.map(run, tasks))


@pytest.mark.django_db(transaction=True)
class TestRaces:
    def test_one_code_from_four_hands_at_once_makes_one_pause(self, sari):
        code = make_code(sari)

        outcome = run_together(*[lambda: use(code)] * 4)

        assert outcome == ["done"] * 4
        assert Pause.objects.count() == 1

    @pytest.mark.parametrize("round_number", range(3))
    def test_a_change_of_the_address_is_before_the_pause_or_refused(self, sari, round_number):
        code, now = make_code(sari), timezone.now()

        def change():
            actions.change_email(
                account_id=sari.pk, email="lain@surat.nusa", origin=HERE, session_id=None, at=now
            )

        changed, paused = run_together(change, lambda: use(code))

        sari.refresh_from_db()
        assert paused == "done"
        assert changed in {"done", "account_paused"}
        assert (sari.email == "lain@surat.nusa") == (changed == "done")

    @pytest.mark.parametrize("round_number", range(3))
    def test_no_sign_in_survives_a_pause_that_comes_at_the_same_moment(self, sari, round_number):
        from django.test import Client

        code = make_code(sari)

        run_together(lambda: Client().post(reverse("account_login"), AL1_ONLY), lambda: use(code))

        assert not AccountSession.objects.filter(account_id=sari.pk).exists()


def test_old_codes_are_forgotten(sari):
    make_code(sari, at=timezone.now() - timedelta(days=91))
    kept = make_code(sari)

    assert actions.forget_pause_codes(at=timezone.now()) == 1
    assert PauseCode.objects.get().selector == kept[:7]


@given(
    st.datetimes(),
    st.timedeltas(min_value=timedelta(0), max_value=timedelta(days=400)),
    st.timedeltas(min_value=timedelta(0), max_value=timedelta(days=400)),
)
def test_safety_11_a_pause_may_come_again_exactly_when_the_interval_is_over(start, interval, wait):
    try:
        moment = start + wait
        start + interval
    except OverflowError:
        return

    allowed = pauses.may_pause_again(last_started_at=start, interval=interval, at=moment)

    assert allowed == (wait >= interval)


@given(st.text(alphabet="0123456789ABCDEFGHJKMNPQRSTVWXYZ", min_size=20, max_size=20))
def test_a_code_in_fours_is_read_back_as_it_was(code):
    from satupintu.foundation.crypto import normalize_code

    assert normalize_code(pauses.group_code(code)) == code
