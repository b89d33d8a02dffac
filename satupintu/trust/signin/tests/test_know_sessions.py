# SPDX-License-Identifier: Apache-2.0
"""Where a person is signed in, under which name, and that it ends with her session."""

import threading
from datetime import timedelta

import pytest
import time_machine
from django.conf import settings
from django.db import connection, transaction
from django.test import Client as Browser
from django.urls import reverse
from django.utils import timezone

from satupintu.foundation import crypto
from satupintu.foundation.ids import new_id
from satupintu.foundation.outbox.models import Event
from satupintu.trust.accounts.models import AccountSession
from satupintu.trust.accounts.tests.factories import sign_in
from satupintu.trust.signin import actions, queries
from satupintu.trust.signin.models import AccessToken, AuthorizationCode, Visit

from .parties import make_party, read_answer, read_id_token, read_page_sent_to

pytestmark = pytest.mark.django_db


@pytest.fixture
def party(db):
    return make_party(backchannel_logout_uri="https://tax.nusa.example/told")


def arrive(browser, person, party) -> dict:
    """Sign in at an agency and answer the claims of its ID token, with the access token."""
    person.agree(party)
    code = read_answer(party.ask(browser))["code"]
    response = party.exchange(Browser(), code)
    return read_id_token(Browser(), response) | {"token": response.json()["access_token"]}


def ask_userinfo(token) -> int:
    bearer = {"Authorization": f"Bearer {token}"}
    return Browser().get("/openid/userinfo", headers=bearer).status_code


def test_a_session_has_one_sid_at_a_client_however_often_she_comes_by(person, party):
    first, second = (arrive(person.browser, person, party) for _ in range(2))

    assert first["sid"] == second["sid"]
    assert Visit.objects.count() == 1


def test_another_session_of_hers_has_another_sid(person, party):
    phone = Browser()
    sign_in(phone, person.account)

    sids = {arrive(browser, person, party)["sid"] for browser in (person.browser, phone)}

    assert len(sids) == 2


def test_safety_01_two_clients_cannot_compare_their_sids(person, party):
    sids = {arrive(person.browser, person, one)["sid"] for one in (party, make_party())}

    assert len(sids) == 2
    assert str(person.session.row.id) not in sids


def test_the_sid_stays_when_the_cookie_changes(person, party):
    before = arrive(person.browser, person, party)["sid"]

    person.session.cycle_key()
    person.browser.cookies[settings.SESSION_COOKIE_NAME] = person.session.session_key

    assert arrive(person.browser, person, party)["sid"] == before


def test_it_is_known_where_she_is_signed_in_and_until_when_it_is_kept(person, party):
    arrive(person.browser, person, party)

    visit = Visit.objects.get()
    assert visit.account_id == person.account.pk
    assert visit.client_id == party.client.client_id
    assert visit.ended_at is None
    assert visit.expires_at - visit.signed_in_at == timedelta(days=30)
    cards = queries.list_agencies_visited(
        account_id=person.account.pk, session_id=person.session.row.id
    )
    assert [card.slug for card in cards] == [party.client.agency.slug]


def test_a_site_that_does_not_listen_is_not_promised_to_end(person):
    arrive(person.browser, person, make_party())

    assert not queries.list_agencies_visited(
        account_id=person.account.pk, session_id=person.session.row.id
    )


def test_a_code_alone_is_no_visit(person, party):
    person.agree(party)

    party.ask(person.browser)

    assert not Visit.objects.exists()


def sign_out(person) -> None:
    person.browser.post(reverse("account_logout"))


def end_elsewhere(person) -> None:
    other = Browser()
    sign_in(other, person.account)
    other.post(reverse("accounts:end_session", args=[person.session.row.id]))


def end_all_others(person) -> None:
    other = Browser()
    sign_in(other, person.account)
    other.post(reverse("accounts:not_me"))


@pytest.mark.parametrize("end", [sign_out, end_elsewhere, end_all_others])
def test_however_a_session_ends_its_tokens_and_codes_end_at_once(person, party, client, end):
    token = arrive(person.browser, person, party)["token"]
    code = read_answer(party.ask(person.browser))["code"]
    assert ask_userinfo(token) == 200

    end(person)

    assert ask_userinfo(token) == 401
    assert party.exchange(client, code).json()["error"] == "invalid_grant"
    assert Visit.objects.get().ended_at is not None
    event = Event.objects.get(type=actions.SIGNED_OUT)
    assert event.data["visit_ids"] == [str(Visit.objects.get().id)]


def test_what_another_session_gave_lives_on(person, party):
    phone = Browser()
    sign_in(phone, person.account)
    of_phone = arrive(phone, person, party)["token"]
    arrive(person.browser, person, party)

    sign_out(person)

    assert ask_userinfo(of_phone) == 200
    assert Visit.objects.filter(ended_at=None).count() == 1


def test_another_persons_sessions_are_left_alone(make_person, party):
    one, other = make_person(), make_person()
    token = arrive(other.browser, other, party)["token"]
    arrive(one.browser, one, party)

    sign_out(one)

    assert ask_userinfo(token) == 200


def test_a_session_that_was_nowhere_tells_nobody(person):
    sign_out(person)

    assert not Event.objects.filter(type=actions.SIGNED_OUT).exists()


def test_somebody_else_who_signs_in_in_the_same_browser_ends_the_first_ones_visits(
    make_person, party, rf
):
    first, second = make_person(), make_person()
    token = arrive(first.browser, first, party)["token"]
    from django.contrib import auth

    request = rf.get("/")
    request.session, request.user = first.session, first.account
    auth.login(request, second.account, backend=settings.AUTHENTICATION_BACKENDS[0])

    assert ask_userinfo(token) == 401


def test_a_stolen_cookie_opens_nothing_after_the_sign_out(person, party):
    person.agree(party)
    thief = Browser()
    thief.cookies[settings.SESSION_COOKIE_NAME] = person.session.session_key
    assert "code" in read_answer(party.ask(thief))

    sign_out(person)

    assert read_page_sent_to(party.ask(thief))[0] == reverse("account_login")
    assert read_answer(party.ask(thief, prompt="none"))["error"] == "login_required"
    assert read_page_sent_to(thief.get(reverse("home:home")))[0] == reverse("account_login")


def test_a_session_that_ended_while_the_answer_was_made_gives_no_code(person, party, monkeypatch):
    person.agree(party)
    ensure_subject = actions.ensure_subject

    def end_meanwhile(**known):
        AccountSession.objects.all().delete()
        return ensure_subject(**known)

    monkeypatch.setattr(actions, "ensure_subject", end_meanwhile)

    again = party.ask(person.browser)

    assert again.headers["Location"].startswith(reverse("signin:authorize"))
    assert not AuthorizationCode.objects.exists()
    landed = person.browser.get(again.headers["Location"])
    assert read_page_sent_to(landed)[0] == reverse("account_login")


@pytest.mark.django_db(transaction=True)
def test_a_session_cannot_end_between_the_look_at_it_and_the_code(make_person):
    person, party = make_person(), make_party()
    stored, done = threading.Event(), threading.Event()
    code = crypto.new_secret()
    asked = actions.SignIn(
        account_id=person.account.pk,
        session_id=person.session.row.id,
        subject="s",
        client_id=party.client.client_id,
        redirect_uri="r",
        scope="openid",
        nonce="",
        code_challenge="c",
        acr="a",
        methods=(),
        authenticated_at=timezone.now(),
    )

    def answer():
        with transaction.atomic():
            actions.store_code(code=code, sign_in=asked, at=timezone.now())
            stored.set()
            done.wait(1)
        connection.close()

    answering = threading.Thread(target=answer)
    answering.start()
    stored.wait(10)
    # Waits for the answer, and then takes the code with it.
    sign_out(person)
    done.set()
    answering.join()

    row = AuthorizationCode.objects.get()
    assert row.expires_at <= timezone.now()


@pytest.mark.django_db(transaction=True)
def test_of_two_that_end_a_session_at_once_one_tells_of_it(make_person):
    person, party = make_person(), make_party()
    arrive(person.browser, person, party)
    gate = threading.Barrier(4)

    def end():
        browser = Browser()
        browser.cookies[settings.SESSION_COOKIE_NAME] = person.session.session_key
        gate.wait()
        browser.post(reverse("account_logout"))
        connection.close()

    threads = [threading.Thread(target=end) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert Event.objects.filter(type=actions.SIGNED_OUT).count() == 1
    assert AccessToken.objects.get().revoked_at is not None


def test_visits_are_forgotten_a_while_after_the_last_sign_in(person, party):
    arrive(person.browser, person, party)

    actions.sweep_expired(at=timezone.now() + timedelta(days=29))
    assert Visit.objects.exists()
    with time_machine.travel(timezone.now() + timedelta(days=31), tick=False):
        actions.sweep_expired(at=timezone.now())

    assert not Visit.objects.exists()


def test_a_made_up_sid_names_no_session():
    session_id = new_id()

    for sid in ("", "é", "0" * 64):
        assert not queries.is_session_named(sid=sid, session_id=session_id, client_id="tax")
