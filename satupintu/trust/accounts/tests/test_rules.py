# SPDX-License-Identifier: Apache-2.0
import unicodedata
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from satupintu.trust.accounts.rules import assurance, devices, names, passwords, totp

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
DAY = timedelta(hours=24)
METHODS = st.sampled_from(["password", "totp", "recovery_code", "passkey"])
HISTORIES = st.lists(st.tuples(METHODS, st.integers(0, 60 * 72)), max_size=8)


def replay(history):
    events = []
    for method, minutes in sorted(history, key=lambda pair: pair[1]):
        at = NOON + timedelta(minutes=minutes)
        level = assurance.compute_level(method, earlier=events, at=at, lifetime=DAY)
        events.append(assurance.Event(method=method, at=at, level=level))
    return events


@given(HISTORIES)
def test_safety_02_al2_takes_a_passkey_or_two_kinds_of_factor_within_a_day(history):
    for index, event in enumerate(events := replay(history)):
        recent = {one.method for one in events[: index + 1] if event.at - one.at < DAY}
        two_kinds = "password" in recent and recent & {"totp", "recovery_code"}
        assert (event.level == 2) == (event.method == "passkey" or bool(two_kinds))


@given(HISTORIES, st.integers(0, 60 * 80))
def test_safety_07_al2_never_outlives_an_idle_hour_or_a_day(history, minutes):
    events = replay(history)
    at = NOON + timedelta(minutes=minutes)
    past = [event for event in events if event.at <= at]
    if not past:
        return
    until = assurance.compute_al2_until(
        past, seen_at=past[-1].at, idle=timedelta(hours=1), lifetime=DAY
    )
    found = assurance.assess(past, al2_until=until, at=at, al1_lifetime=timedelta(days=30))
    if found.level == 2:
        assert at - past[-1].at < timedelta(hours=1)
        assert any(event.level == 2 and at - event.at < DAY for event in past)


@given(HISTORIES)
def test_events_survive_being_stored(history):
    events = replay(history)

    assert assurance.read_events(event.as_json() for event in events) == events


def test_nothing_proved_is_no_assurance():
    assert assurance.assess([], al2_until=None, at=NOON, al1_lifetime=timedelta(days=30)) is None


@given(st.text(min_size=15, max_size=200))
def test_safety_03_a_long_password_is_refused_only_for_being_common_or_a_pattern(typed):
    password = passwords.normalize_password(typed)

    fault = passwords.find_fault(password, minimum=15, common=frozenset(), personal=())

    if fault == "too_short":
        assert len(password) < 15
    else:
        assert fault in {None, "too_common"}


@given(st.text(max_size=14))
def test_safety_03_alone_a_password_has_fifteen_characters(typed):
    password = passwords.normalize_password(typed)[:14]

    fault = passwords.find_fault(password, minimum=15, common=frozenset(), personal=())

    assert fault == "too_short"


@given(st.text())
def test_safety_03_the_same_letters_from_any_keyboard_are_the_same_password(typed):
    once = passwords.normalize_password(typed)

    assert passwords.normalize_password(unicodedata.normalize("NFD", typed)) == once
    assert passwords.normalize_password(once) == once


@pytest.mark.parametrize(
    "password",
    [
        "a" * 20,
        "abcabcabcabcabcabc",
        "12345678901234567890",
        "abcdefghijklmnop",
        "Rahasia123456789",
    ],
)
def test_safety_03_long_and_yet_among_the_first_guesses(password):
    common = frozenset({"rahasia"})

    fault = passwords.find_fault(password, minimum=15, common=common, personal=())

    assert fault == "too_common"


def test_safety_03_no_rule_asks_for_kinds_of_characters():
    for password in ("semua huruf kecil saja", "SEMUA HURUF BESAR SAJA", "7392058164027395"):
        assert passwords.find_fault(password, minimum=15, common=frozenset(), personal=()) is None


@given(st.text(alphabet=st.characters(categories=["L", "M"]), min_size=1, max_size=60))
def test_a_name_of_letters_of_any_script_is_kept(text):
    name = names.normalize_name(text)

    has_letter = any(unicodedata.category(one)[0] == "L" for one in name)
    assert names.find_fault(name) == (None if has_letter else "not_a_name")


@given(st.text(max_size=300))
def test_no_name_turns_the_direction_of_text_or_draws(text):
    name = names.normalize_name(text)
    if names.find_fault(name) is None:
        kinds = {unicodedata.category(one) for one in name}
        assert not kinds & {"Cc", "Cs", "Co", "Cn", "So"}
        assert not set(name) & set("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


@given(st.integers(0, 700_000_000))
def test_a_code_is_found_within_half_a_minute_and_not_beyond(seconds):
    at = NOON + timedelta(seconds=seconds)
    step = totp.compute_step(at)
    secret = "JBSWY3DPEHPK3PXP"
    for offset in (-1, 0, 1):
        typed = totp.compute_code(secret, step + offset)
        assert totp.find_step(secret, typed, at=at) is not None
    far = totp.compute_code(secret, step + 10)
    if far not in {totp.compute_code(secret, step + o) for o in (-1, 0, 1)}:
        assert totp.find_step(secret, far, at=at) is None


@pytest.mark.parametrize(
    ("agent", "words"),
    [
        (
            "Mozilla/5.0 (Linux; Android 14) AppleWebKit Chrome/120.0 Mobile Safari/537",
            "Chrome, Android",
        ),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 17) Version/17 Safari/604", "Safari, iPhone"),
        ("Mozilla/5.0 (Windows NT 10.0) Gecko Firefox/121.0", "Firefox, Windows"),
        ("curl/8", ""),
    ],
)
def test_a_device_is_named_roughly(agent, words):
    assert devices.name_device(agent) == words


@given(st.ip_addresses())
def test_half_of_an_address_is_never_shown(address):
    shown = devices.name_network(str(address))

    assert str(address) not in shown
    assert len([part for part in shown.replace(":", ".").split(".") if part.isalnum()]) <= 4


def test_an_address_in_another_spelling_is_no_secret_way_in():
    assert devices.name_network("::ffff:36.81.7.9") == "36.81.x.x"
    assert devices.name_network("2001:db8:12:3::4") == "2001:db8:12:…"
    assert devices.name_network("not an address") == ""
