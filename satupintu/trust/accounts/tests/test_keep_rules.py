# SPDX-License-Identifier: Apache-2.0
"""The rules, tried with whatever anybody might send."""

import ipaddress
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from satupintu.trust.accounts import actions
from satupintu.trust.accounts.actions import email_codes, factors
from satupintu.trust.accounts.models import AccountSession
from satupintu.trust.accounts.rules import assurance, devices, names, passwords, totp

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
IDLE, DAY, MONTH = timedelta(hours=1), timedelta(hours=24), timedelta(days=30)
METHODS = ("password", "totp", "recovery_code", "passkey")
SECRET = "JBSWY3DPEHPK3PXP"

minutes = st.integers(min_value=0, max_value=60 * 24 * 40)
histories = st.lists(st.tuples(st.sampled_from(METHODS), minutes), max_size=8)
spoilt = st.text(max_size=400) | st.sampled_from(["\x00", "<script>", "%00", "\r\nSet-Cookie: a=b"])


def live(history):
    """The events of a session in which these methods were proved, these minutes before noon."""
    events = []
    for method, ago in sorted(history, key=lambda one: -one[1]):
        at = NOON - timedelta(minutes=ago)
        level = assurance.compute_level(method, earlier=events, at=at, lifetime=DAY)
        events.append(assurance.Event(method=method, at=at, level=level))
    return events


def judge(events, *, at=NOON, seen_at=NOON):
    until = assurance.compute_al2_until(events, seen_at=seen_at, idle=IDLE, lifetime=DAY)
    return assurance.assess(events, al2_until=until, at=at, al1_lifetime=MONTH)


@given(histories)
def test_safety_02_no_history_of_one_kind_of_factor_reaches_al2(history):
    for kind in ({"password"}, {"totp", "recovery_code"}):
        found = judge(live([one for one in history if one[0] in kind]))

        assert found is None or found.level == 1


@given(histories)
def test_safety_07_al2_never_stands_on_proof_that_is_older_than_a_day(history):
    found = judge(live(history))

    if found is not None and found.level == 2:
        assert any(ago < 60 * 24 for _method, ago in history)
        assert "mfa" in found.methods


@given(histories, st.integers(min_value=61, max_value=60 * 24 * 40))
def test_safety_07_an_idle_hour_ends_al2_whatever_was_proved(history, later):
    assume(history)

    found = judge(live(history), at=NOON + timedelta(minutes=later))

    assert found is None or found.level == 1


@given(histories)
def test_safety_07_thirty_days_after_the_last_proof_nothing_is_left(history):
    events = live(history)
    assume(events)

    assert judge(events, at=events[-1].at + MONTH) is None


@given(histories)
def test_authentication_is_as_old_as_its_last_event_and_never_in_the_future(history):
    found = judge(live(history))

    if found is not None:
        assert found.authenticated_at == max(event.at for event in live(history))
        assert found.authenticated_at <= NOON
        assert len(set(found.methods)) == len(found.methods)


@given(histories, st.sampled_from(METHODS))
def test_more_proof_never_lowers_a_level(history, method):
    before = judge(live(history))
    after = judge(live([*history, (method, 0)]))

    assert after is not None
    assert before is None or after.level >= before.level


@given(spoilt)
def test_a_device_name_holds_only_words_of_ours(agent):
    known = {name for _mark, name in (*devices._BROWSERS, *devices._SYSTEMS)}

    words = devices.name_device(agent)

    assert set(words.split(", ")) - {""} <= known
    assert len(words) <= AccountSession._meta.get_field("device").max_length


@given(spoilt, st.sampled_from([mark for mark, _name in devices._BROWSERS]), spoilt)
def test_what_surrounds_a_known_mark_is_never_shown(before, mark, after):
    known = {name for _mark, name in (*devices._BROWSERS, *devices._SYSTEMS)}

    assert set(devices.name_device(before + mark + after).split(", ")) <= known


@given(st.ip_addresses(v=4))
def test_of_an_ipv4_address_sixteen_bits_are_shown_and_no_more(address):
    neighbours = ipaddress.ip_network(f"{address}/16", strict=False)

    assert {devices.name_network(str(one)) for one in (neighbours[0], neighbours[-1])} == {
        devices.name_network(str(address))
    }


@given(st.ip_addresses(v=6))
def test_of_an_ipv6_address_forty_eight_bits_are_shown_and_no_more(address):
    assume(address.ipv4_mapped is None)
    neighbours = ipaddress.ip_network(f"{address}/48", strict=False)
    assume(neighbours[0].ipv4_mapped is None)

    shown = devices.name_network(str(address))

    assert devices.name_network(str(neighbours[-1])) == shown
    assert len(shown) <= AccountSession._meta.get_field("network").max_length


@given(spoilt)
def test_what_is_no_address_is_shown_as_none(text):
    try:
        ipaddress.ip_address(text)
    except ValueError:
        assert devices.name_network(text) == ""


@given(st.text(min_size=15, max_size=200))
def test_safety_03_a_password_is_judged_by_length_and_by_lists_alone(typed):
    password = passwords.normalize_password(typed)

    fault = passwords.find_fault(password, minimum=8, common=frozenset(), personal=())

    assert fault in ({None, "too_common"} if len(password) >= 8 else {"too_short"})


@given(st.text(max_size=7))
def test_safety_03_below_eight_nothing_passes(typed):
    assert passwords.find_fault(typed, minimum=8, common=(), personal=()) == "too_short"


@given(st.sampled_from(["sari wulandari", "sari@surat.nusa"]), st.text("0123456789!. ", max_size=9))
def test_what_others_know_of_a_person_is_no_password_with_any_decoration(known, decoration):
    for typed in (known + decoration, decoration + known, (known + decoration).upper()):
        fault = passwords.find_fault(typed, minimum=8, common=(), personal=[known])

        assert fault == "personal"


@pytest.mark.parametrize(
    "typed", ["Sari", "Nguyễn", "محمد", "李", "Ольга", "O'Brien-Smith", "Sari Wulandari binti Haji"]
)
def test_a_name_of_one_word_or_many_in_any_script_is_kept(typed):
    assert actions.clean_name(typed) == names.normalize_name(typed)


@pytest.mark.parametrize(
    "typed", ["😀", "Sari 😀", "Sa\x00ri", "\u202eiraS", "\u200f", "<b>Sari</b>", "-", " ", "123"]
)
def test_what_is_no_name_is_refused(typed):
    with pytest.raises(actions.NameRefused):
        actions.clean_name(typed)


@pytest.mark.parametrize("typed", ["a" * 10_000, "Sari " * 2_000, "ä" * 201, "e\u0301" * 10_000])
def test_a_name_of_ten_thousand_characters_is_refused_for_its_length(typed):
    with pytest.raises(actions.NameTooLong):
        actions.clean_name(typed)


@given(st.text(max_size=300))
def test_a_kept_name_is_kept_again_unchanged(typed):
    try:
        name = actions.clean_name(typed)
    except (actions.NameRefused, actions.NameTooLong):
        return

    assert actions.clean_name(name) == name
    assert "\x00" not in name
    assert len(name) <= names.LONGEST


@given(spoilt)
def test_whatever_is_typed_as_a_code_is_found_or_not_and_never_fails(typed):
    step = totp.find_step(SECRET, factors.read_digits(typed), at=NOON)

    assert step is None or abs(step - totp.compute_step(NOON)) <= totp.TOLERANCE
    assert factors.name_route(typed) in {"totp", "paper"}


@given(
    st.dictionaries(st.text(max_size=8), st.text(max_size=8), max_size=5) | st.text() | st.none()
)
def test_what_waits_in_a_session_and_does_not_fit_counts_as_nothing(stored):
    assert email_codes.Pending.read(stored) is None
