# SPDX-License-Identifier: Apache-2.0
"""The portal's keys over the years: one signs, the next is known, the last is remembered."""

import json
import threading
from datetime import timedelta
from importlib import import_module

import pytest
from django.apps import apps
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import timezone
from joserfc import jws

from satupintu.foundation.errors import Refusal
from satupintu.trust.rulebook import queries as rulebook
from satupintu.trust.signin import actions, queries, tasks
from satupintu.trust.signin.keychain import ALGORITHMS, KeyState
from satupintu.trust.signin.models import SigningKey

NOW = timezone.now()
INTERVAL = timedelta(days=90)
LEAD = timedelta(hours=24)
TRAIL = timedelta(days=2)
pytestmark = pytest.mark.django_db


def sign(at=NOW) -> str:
    """The kid that signs at a moment."""
    token = actions.sign_portal_token(audience="https://tax.nusa/api", scope="linking", at=at)
    return jws.extract_compact(token.encode()).headers()["kid"]


def list_published(at=NOW, algorithm="ES256") -> list[str]:
    return [key["kid"] for key in queries.list_public_keys(at=at) if key["alg"] == algorithm]


def find(state, at=NOW, algorithm="ES256") -> list[str]:
    return [
        key.card.kid
        for key in queries.list_portal_keys(at=at)
        if key.state is state and key.card.algorithm == algorithm
    ]


def test_the_next_key_is_published_from_the_first_day():
    actions.ensure_signing_keys(at=NOW)

    assert list_published() == [sign(), *find(KeyState.NEXT)]
    assert len(list_published()) == 2


def test_time_alone_changes_the_key_after_the_interval_of_the_rulebook():
    first = sign(NOW)
    (second,) = find(KeyState.NEXT)

    assert sign(NOW + INTERVAL - timedelta(seconds=1)) == first
    assert sign(NOW + INTERVAL) == second


def test_the_schedule_makes_the_key_after_the_next_and_no_more():
    first, then = sign(), NOW + INTERVAL

    for _ in range(3):
        tasks.keep_signing_keys(int(then.timestamp()) + 1)

    assert SigningKey.objects.filter(algorithm="ES256").count() == 3
    assert sign(then + INTERVAL + LEAD) not in {first, sign(then)}


@pytest.mark.parametrize("late", [timedelta(0), INTERVAL * 3])
def test_no_key_signs_before_every_cache_of_the_key_set_holds_it(late):
    """Also when the worker stood still for a year."""
    sign()
    tasks.keep_signing_keys(int((NOW + INTERVAL + late).timestamp()) + 1)

    for row in SigningKey.objects.exclude(predecessor__in=ALGORITHMS):
        published_for = row.signs_from - row.created_at
        assert published_for >= LEAD
        assert published_for > rulebook.get_duration("signin.metadata_cached", at=NOW)


def test_a_retired_key_is_published_for_two_days_and_then_no_more():
    first, then = sign(), NOW + INTERVAL

    assert first in list_published(then + TRAIL - timedelta(seconds=1))
    assert first not in list_published(then + TRAIL)


def test_a_hint_is_read_for_as_long_as_the_visit_of_its_session_and_then_its_key_goes():
    first, then = sign(), NOW + INTERVAL
    tasks.keep_signing_keys(int(then.timestamp()) + 1)
    kept = rulebook.get_duration("signin.visit_kept", at=then)

    assert actions.forget_old_keys(at=then + TRAIL + kept - timedelta(seconds=1)) == 0
    assert actions.forget_old_keys(at=then + TRAIL + kept) == 1

    assert not SigningKey.objects.filter(kid=first).exists()
    assert sign(then + TRAIL + kept)


def test_an_operator_rotates_before_its_time():
    first = sign()
    (second,) = find(KeyState.NEXT)
    then = NOW + LEAD

    actions.rotate_signing_key(algorithm="ES256", at=then)

    assert sign(then) == second
    assert list_published(then)[:2] == [first, second]
    assert len(find(KeyState.NEXT, then)) == 1


def test_a_next_key_that_was_missing_stays_although_it_may_not_sign_yet():
    sign()
    SigningKey.objects.exclude(predecessor="ES256").delete()

    with pytest.raises(actions.NextKeyTooNew):
        actions.rotate_signing_key(algorithm="ES256", at=NOW)

    assert len(find(KeyState.NEXT)) == 1


def test_a_next_key_that_programs_may_not_know_yet_does_not_sign():
    first = sign()

    with pytest.raises(actions.NextKeyTooNew) as refused:
        actions.rotate_signing_key(algorithm="ES256", at=NOW + LEAD - timedelta(seconds=1))

    assert refused.value.ready_at == NOW + LEAD
    assert sign(NOW + LEAD) == first


def run_at_once(work, times=4) -> list[object]:
    """In threads with connections of their own; answers what each returned, or its refusal."""
    outcomes, ready = [], threading.Barrier(times)

    def run():
        ready.wait(30)
        try:
            outcomes.append(work())
        except Refusal as refusal:
            outcomes.append(refusal)
        finally:
            connection.close()

    threads = [threading.Thread(target=run) for _ in range(times)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert len(outcomes) == times
    return outcomes


@pytest.mark.django_db(transaction=True)
def test_workers_that_find_no_key_at_once_make_one_and_the_same():
    outcomes = run_at_once(lambda: actions.ensure_signing_keys(at=NOW))

    assert outcomes == [None] * 4
    assert SigningKey.objects.filter(algorithm="ES256").count() == 2
    assert SigningKey.objects.filter(algorithm="RS256").count() == 2


@pytest.mark.django_db(transaction=True)
def test_workers_that_keep_keys_at_once_make_one_new_key():
    actions.ensure_signing_keys(at=NOW)
    then = NOW + INTERVAL + timedelta(seconds=1)

    outcomes = run_at_once(lambda: actions.ensure_signing_keys(at=then))

    assert outcomes == [None] * 4
    assert SigningKey.objects.filter(algorithm="ES256").count() == 3
    predecessors = list(SigningKey.objects.values_list("predecessor", flat=True))
    assert len(predecessors) == len(set(predecessors)) == 6


@pytest.mark.django_db(transaction=True)
def test_two_who_rotate_at_once_rotate_once():
    actions.ensure_signing_keys(at=NOW)
    then = NOW + LEAD

    outcomes = run_at_once(lambda: actions.rotate_signing_key(algorithm="ES256", at=then))

    done = [outcome for outcome in outcomes if isinstance(outcome, str)]
    refused = [outcome for outcome in outcomes if isinstance(outcome, actions.NextKeyTooNew)]
    assert (len(done), len(refused)) == (1, 3), outcomes
    assert SigningKey.objects.filter(algorithm="ES256").count() == 3
    assert sign(then) == done[0]


@pytest.mark.django_db(transaction=True)
def test_safety_24_a_suspension_racing_a_rotation_leaves_one_key_that_signs():
    first, then = sign(), NOW + LEAD
    turns = iter((True, False))

    def rotate_or_suspend():
        if next(turns):
            actions.rotate_signing_key(algorithm="ES256", at=then)
        else:
            actions.suspend_signing_key(kid=first, reason="Lost.", at=then)

    run_at_once(rotate_or_suspend, times=2)

    assert first not in list_published(then)
    assert sign(then) != first
    assert len(find(KeyState.SIGNING, then)) == len(find(KeyState.NEXT, then)) == 1


def test_safety_24_a_suspended_key_signs_and_is_published_no_more_and_the_next_is_known_already():
    first = sign()
    known = list_published()

    heir = actions.suspend_signing_key(kid=first, reason="Found in a log.", at=NOW)

    assert sign() == heir
    assert heir in known
    assert first not in list_published()
    assert len(find(KeyState.NEXT)) == 1


def test_safety_24_what_retired_never_signs_again_after_the_one_after_it_was_suspended():
    """With clocks apart too: a process whose clock is behind must not fall back."""
    first, then = sign(), NOW + INTERVAL
    second = sign(then)
    tasks.keep_signing_keys(int(then.timestamp()) + 1)

    heir = actions.suspend_signing_key(kid=second, reason="Lost.", at=then + timedelta(seconds=2))

    assert sign(then) == sign(then + timedelta(seconds=5)) == heir
    assert heir not in {first, second}


def test_a_suspended_key_that_waited_is_replaced_and_the_one_that_signs_goes_on():
    first = sign()
    (waiting,) = find(KeyState.NEXT)

    assert actions.suspend_signing_key(kid=waiting, reason="Lost.", at=NOW) is None

    assert sign() == first
    (replaced,) = find(KeyState.NEXT)
    assert replaced != waiting
    assert list_published() == [first, replaced]


def test_every_key_may_be_lost_one_after_the_other():
    for _ in range(4):
        actions.suspend_signing_key(kid=sign(), reason="Lost.", at=NOW)

    assert len(find(KeyState.SUSPENDED)) == 4
    assert sign() in list_published()


@pytest.mark.parametrize("kid", ["nothing", ""])
def test_a_key_that_is_none_is_refused(kid):
    with pytest.raises(actions.UnknownKey):
        actions.suspend_signing_key(kid=kid, reason="Lost.", at=NOW)


def test_keys_of_the_release_before_are_put_into_a_chain():
    actions.ensure_signing_keys(at=NOW)
    before = {row.kid: row.predecessor for row in SigningKey.objects.order_by("signs_from")}
    SigningKey.objects.update(predecessor=None)
    for number, kid in enumerate(before):
        SigningKey.objects.filter(kid=kid).update(created_at=NOW + timedelta(days=number))
    migration = import_module("satupintu.trust.signin.migrations.0006_keys_in_a_chain")

    migration.chain_keys(apps, None)

    rows = SigningKey.objects.all()
    assert {row.kid: row.predecessor for row in rows} == before
    assert all(row.signs_from == row.created_at for row in rows)


def test_the_command_lists_keys_and_shows_no_private_half(capsys):
    call_command("keys", "list")
    said = capsys.readouterr().out

    assert said.count("signing") == said.count("next  ") == 2
    call_command("keys", "list", "--json")
    told = json.loads(capsys.readouterr().out)
    assert {key["state"] for key in told} == {"signing", "next"}
    assert all(key["kid"] in said for key in told)
    assert not any("private" in name or name == "d" for key in told for name in key)


def test_the_command_says_when_it_may_rotate():
    call_command("keys", "list")

    with pytest.raises(CommandError, match=r"It may sign from .* UTC on") as refused:
        call_command("keys", "rotate", "--alg", "ES256")

    assert "keys suspend KID" in str(refused.value)


def test_the_command_rotates_every_algorithm(capsys):
    actions.ensure_signing_keys(at=timezone.now() - LEAD)
    waiting = {find(KeyState.NEXT, algorithm=name)[0] for name in ("ES256", "RS256")}

    call_command("keys", "rotate")

    said = capsys.readouterr().out
    assert all(f"{kid} signs from now on." in said for kid in waiting)


def test_the_command_suspends_a_key_and_says_what_programs_see(capsys):
    first = sign()

    call_command("keys", "suspend", first, "--reason", "A backup was stolen.")

    said = capsys.readouterr().out
    assert f"{sign(timezone.now())} signs from now on." in said
    assert "within 60 minutes" in said
    call_command("keys", "list")
    assert "A backup was stolen." in capsys.readouterr().out
    with pytest.raises(CommandError, match="suspended already"):
        call_command("keys", "suspend", first, "--reason", "Again.")


@pytest.mark.parametrize("reason", ["", "   "])
def test_the_command_wants_a_reason(reason):
    with pytest.raises(CommandError, match="Give a reason"):
        call_command("keys", "suspend", "any", "--reason", reason)
