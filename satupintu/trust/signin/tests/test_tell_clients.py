# SPDX-License-Identifier: Apache-2.0
"""OpenID Connect Back-Channel Logout 1.0, as the provider does it."""

import logging
import socket
import time
from datetime import timedelta

import pytest
from django.conf import settings as django_settings
from django.db import connection, transaction
from django.test import Client as Browser
from django.urls import reverse
from django.utils import timezone
from joserfc import jwt
from procrastinate.contrib.django.models import ProcrastinateJob

from satupintu.foundation.outbox import tasks as outbox
from satupintu.foundation.outbox.models import Event
from satupintu.trust.accounts.actions import Ended
from satupintu.trust.accounts.tests.factories import sign_in
from satupintu.trust.agencies import actions as agencies
from satupintu.trust.agencies import queries as agency_queries
from satupintu.trust.rulebook import queries as rulebook
from satupintu.trust.rulebook.models import Policy
from satupintu.trust.signin import actions, handlers, tasks
from satupintu.trust.signin.models import AccessToken, Visit
from satupintu.trust.signin.queries import get_sid, get_subject

from .listening_site import run_site
from .parties import make_party, read_answer, read_id_token, read_keys

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def no_jobs_of_before(db):
    # Django empties its own tables after a test with real commits, not those of the worker.
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE procrastinate_jobs CASCADE")


@pytest.fixture
def site():
    with run_site() as running:
        yield running


@pytest.fixture
def party(db, site):
    return make_party(backchannel_logout_uri=site.url)


def arrive(person, party) -> dict:
    person.agree(party)
    code = read_answer(party.ask(person.browser))["code"]
    return read_id_token(Browser(), party.exchange(Browser(), code))


def sign_out(person) -> None:
    person.browser.post(reverse("account_logout"))


def list_jobs(task) -> list[dict]:
    jobs = ProcrastinateJob.objects.filter(task_name=task.name).order_by("id")
    return [job.args for job in jobs]


def deliver() -> None:
    """What the worker does: events to their hearers, and then the calls. Errors come out."""
    for args in list_jobs(outbox.deliver_event):
        if args["subscriber"] == "signin.tell_clients":
            outbox.deliver_event.func(**args)
    for args in list_jobs(tasks.tell_client):
        tasks.tell_client.func(**args)


def read_token(token) -> jwt.Token:
    return jwt.decode(token, read_keys(Browser()), algorithms=["ES256", "RS256"])


def test_after_a_sign_out_the_client_hears_of_exactly_this_session(person, party, site):
    known = arrive(person, party)
    sign_out(person)

    deliver()

    token = read_token(site.tokens[0])
    claims = token.claims
    assert site.heard[0]["type"] == "application/x-www-form-urlencoded"
    assert token.header["typ"] == "logout+jwt"
    assert (claims["sid"], claims["sub"]) == (known["sid"], known["sub"])
    assert claims["iss"] == django_settings.PUBLIC_URL
    assert claims["aud"] == party.client.client_id
    assert claims["events"] == {"http://schemas.openid.net/event/backchannel-logout": {}}
    assert claims["exp"] - claims["iat"] == 120
    assert claims["jti"]
    assert "nonce" not in claims
    assert Visit.objects.get().acknowledged_at is not None


def test_the_token_is_signed_as_the_client_wants_its_id_tokens(make_person, site):
    party = make_party(backchannel_logout_uri=site.url, id_token_alg="RS256")
    person = make_person()
    arrive(person, party)
    sign_out(person)

    deliver()

    assert read_token(site.tokens[0]).header["alg"] == "RS256"


def end_elsewhere(person) -> None:
    other = Browser()
    sign_in(other, person.account)
    other.post(reverse("accounts:end_session", args=[person.session.row.id]))


def end_everywhere(person) -> None:
    other = Browser()
    sign_in(other, person.account)
    other.post(reverse("accounts:not_me"))


def unlink(person) -> None:
    visit = Visit.objects.get()
    card = agency_queries.get_client(client_id=visit.client_id)
    actions.revoke_sign_ins(
        account_id=person.account.pk, agency_slug=card.agency.slug, at=timezone.now()
    )


@pytest.mark.parametrize("end", [end_elsewhere, end_everywhere, unlink])
def test_every_other_end_is_told_as_well(person, party, site, end):
    known = arrive(person, party)
    end(person)

    deliver()

    assert [read_token(token).claims["sid"] for token in site.tokens] == [known["sid"]]


def test_a_client_that_listens_nowhere_is_told_nothing(person):
    party = make_party()
    arrive(person, party)
    sign_out(person)

    deliver()

    assert Visit.objects.get().acknowledged_at is None


@pytest.mark.parametrize("status", [302, 400, 500, 501])
def test_a_client_that_did_not_hear_is_told_again_with_a_new_token(person, party, site, status):
    site.statuses = [status, 200]
    arrive(person, party)
    sign_out(person)

    with pytest.raises(actions.LogoutNotHeard):
        deliver()
    assert Visit.objects.get().acknowledged_at is None
    deliver()

    first, second = (read_token(token).claims for token in site.tokens)
    assert first["jti"] != second["jti"]
    assert Visit.objects.get().acknowledged_at is not None


def test_the_waits_between_tries_grow_and_end():
    waits = []
    for attempts in range(1, 13):
        job = ProcrastinateJob(attempts=attempts)
        decision = tasks.tell_client.retry_strategy.get_retry_decision(
            exception=actions.LogoutNotHeard(), job=job
        )
        if decision is None:
            break
        waits.append((decision.retry_at - timezone.now()).total_seconds())

    assert len(waits) == 11
    assert waits == sorted(waits)
    assert sum(waits) > 3600


def test_a_client_that_is_silent_is_given_up_in_time(person, party, site):
    Policy.objects.create(
        name="signin.logout_timeout",
        kind="duration",
        value="1 s",
        valid_from=timezone.now() - timedelta(days=1),
        source="this test",
    )
    site.statuses = [0]
    arrive(person, party)
    sign_out(person)
    began = time.monotonic()

    with pytest.raises(actions.LogoutNotHeard):
        deliver()

    assert time.monotonic() - began < 3
    rulebook.forget_policies()


def test_a_client_that_is_not_there_is_told_again_later(person):
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    party = make_party(backchannel_logout_uri=f"http://127.0.0.1:{port}/out")
    arrive(person, party)
    sign_out(person)

    with pytest.raises(actions.LogoutNotHeard):
        deliver()


def test_outside_the_demo_no_machine_of_ours_is_called(person, party, site, settings):
    settings.LOOPBACK_ALLOWED = False
    arrive(person, party)
    sign_out(person)

    with pytest.raises(actions.LogoutNotHeard):
        deliver()

    assert site.heard == []


def test_one_that_fails_keeps_no_other_from_hearing(person, party, site):
    deaf = make_party(backchannel_logout_uri="http://127.0.0.1:9/out")
    arrive(person, deaf)
    arrive(person, party)
    sign_out(person)
    event = Event.objects.get(type=actions.SIGNED_OUT)

    for args in list_jobs(outbox.deliver_event):
        if args["event_id"] == str(event.id):
            outbox.deliver_event.func(**args)

    assert len(list_jobs(tasks.tell_client)) == 2


def test_an_end_that_was_heard_is_told_once(person, party, site):
    arrive(person, party)
    sign_out(person)

    deliver()
    deliver()

    assert len(site.heard) == 1


def test_safety_24_a_suspended_client_is_told_too(person, party, site):
    arrive(person, party)
    agencies.suspend_client(client_id=party.client.client_id, at=timezone.now())
    sign_out(person)

    deliver()

    assert len(site.heard) == 1


def test_a_new_visit_after_unlinking_is_not_ended_by_the_old_job(person, party, site):
    arrive(person, party)
    unlink(person)
    arrive(person, party)

    deliver()

    assert site.heard == []
    assert Visit.objects.get().ended_at is None


def test_the_call_is_never_made_inside_a_transaction(person, party):
    arrive(person, party)
    visit = Visit.objects.get()

    with pytest.raises(RuntimeError), transaction.atomic():
        actions.tell_client(account_id=person.account.pk, visit_id=visit.id, at=timezone.now())


def test_a_sign_out_that_is_rolled_back_tells_nobody(person, party):
    arrive(person, party)
    ended = Ended(
        account_id=person.account.pk,
        session_ids=(person.session.row.id,),
        is_sign_out=True,
        at=timezone.now(),
    )

    with pytest.raises(ZeroDivisionError), transaction.atomic():
        actions.end_sign_ins(ended)
        raise ZeroDivisionError

    assert not Event.objects.filter(type=actions.SIGNED_OUT).exists()
    assert AccessToken.objects.get().revoked_at is None


def test_safety_01_neither_job_nor_log_names_the_person(person, party, site, caplog):
    caplog.set_level(logging.DEBUG)
    site.statuses = [500, 200]
    arrive(person, party)
    sign_out(person)
    with pytest.raises(actions.LogoutNotHeard):
        deliver()

    subject = get_subject(account_id=person.account.pk, sector=party.client.agency.sector)
    sid = get_sid(session_id=person.session.row.id, client_id=party.client.client_id)
    written = caplog.text + str(list_jobs(tasks.tell_client))
    assert party.client.client_id in caplog.text
    for secret in (subject, sid, person.account.email, site.tokens[0]):
        assert secret not in written


def test_a_logout_token_is_no_id_token_to_us_either(person, party, site):
    arrive(person, party)
    sign_out(person)
    deliver()
    phone = Browser()
    sign_in(phone, person.account)

    page = phone.get("/openid/logout", {"id_token_hint": site.tokens[0]})

    # Asked, not led: it proves no site.
    assert party.client.agency.name_id not in page.content.decode()


def test_what_is_supported_is_published(client):
    found = client.get("/.well-known/openid-configuration").json()

    assert found["backchannel_logout_supported"] is True
    assert found["backchannel_logout_session_supported"] is True
    assert tasks.tell_client.name == handlers.TELL
