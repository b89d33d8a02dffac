# SPDX-License-Identifier: Apache-2.0
"""A person shows a code at a counter; staff compare and confirm. And every way around it."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from satupintu.foundation.audit.models import AccessRecord
from satupintu.trust.accounts.tests.factories import AccountFactory
from satupintu.trust.identity import actions, queries
from satupintu.trust.identity.actions import codes
from satupintu.trust.identity.models import ProofCode, Proofing
from satupintu.trust.identity.rules import Paper
from satupintu.trust.rulebook import queries as rulebook
from satupintu.trust.rulebook.models import Policy
from satupintu.trust.staff import actions as staff
from satupintu.trust.staff.models import StaffMember
from satupintu.trust.staff.tests.factories import StaffFactory

pytestmark = pytest.mark.django_db
NOON = timezone.now()
COUNTER = ProofCode.Purpose.COUNTER


def show(account, at=NOON):
    return actions.make_code(account_id=account.pk, purpose=COUNTER, at=at).code


def look(typed, member, at=NOON):
    return actions.look_at_code(typed=typed, by=member.id, at=at)


def confirm(typed, member, paper=Paper.ID_CARD, at=NOON):
    return actions.confirm_at_counter(typed=typed, paper=paper, by=member.id, at=at)


def level(account, at=NOON):
    return queries.get_level(account_id=account.pk, at=at)


def test_staff_see_the_name_and_nothing_else_and_confirm_what_they_saw(sari, rina):
    code = show(sari)

    opened = look(code, rina)
    reached = confirm(code.lower().replace(" ", ""), rina)

    assert (opened.full_name, reached, level(sari)) == ("Sari Wulandari", 2, 2)
    proofing = Proofing.objects.get()
    assert (proofing.by, proofing.role, proofing.paper) == ("tax", "help_desk", "id_card")
    assert rina.full_name not in str(proofing.__dict__)


@pytest.mark.parametrize(
    ("paper", "reached"),
    [(Paper.ID_CARD_IN_REGISTER, 3), (Paper.PASSPORT, 2), (Paper.WITHOUT_PHOTO, 1)],
)
def test_how_far_a_paper_takes_her_stands_in_the_rulebook(sari, rina, paper, reached):
    code = show(sari)
    look(code, rina)

    assert confirm(code, rina, paper) == reached == level(sari)


def test_every_paper_has_words_and_a_level_in_the_rulebook(tax):
    for paper in Paper:
        assert 1 <= actions.get_counter_level(paper=paper, agency_slug="tax", at=NOON) <= 3


def test_safety_19_each_step_stands_in_the_persons_log_by_agency_and_role(sari, rina):
    code = show(sari)
    look(code, rina)
    confirm(code, rina)

    lines = AccessRecord.objects.filter(account_id=sari.pk)
    assert {(line.actor_agency, line.actor_role) for line in lines} == {("tax", "help_desk")}
    assert {line.what for line in lines} == {"identity.looked_at", "identity.confirmed"}
    assert "Rina" not in str(list(lines.values()))


def test_a_code_is_used_once(sari, rina):
    code = show(sari)
    look(code, rina)
    confirm(code, rina)

    with pytest.raises(actions.CodeUnknown):
        confirm(code, rina)
    with pytest.raises(actions.CodeUnknown):
        look(code, rina)


def test_a_code_is_opened_by_one_counter_alone(sari, rina, tax):
    other = StaffFactory(agency=tax, role="help_desk", full_name="Teguh")
    code = show(sari)
    look(code, rina)

    with pytest.raises(actions.CodeUnknown):
        look(code, other)
    with pytest.raises(actions.CodeUnknown):
        confirm(code, other)

    assert level(sari) == 0


def test_nothing_is_confirmed_that_was_not_compared(sari, rina):
    with pytest.raises(actions.CodeUnknown):
        confirm(show(sari), rina)


def test_a_code_ends_by_itself_and_a_new_one_ends_the_former(sari, rina):
    first = show(sari)
    second = show(sari)

    with pytest.raises(actions.CodeUnknown):
        look(first, rina)
    with pytest.raises(actions.CodeUnknown):
        look(second, rina, at=NOON + timedelta(minutes=15))
    assert look(second, rina, at=NOON + timedelta(minutes=14)).account_id == sari.pk


def test_a_code_for_attesters_opens_nothing_at_a_counter(sari, rina):
    code = actions.make_code(
        account_id=sari.pk, purpose=ProofCode.Purpose.ATTESTATION, at=NOON
    ).code

    with pytest.raises(actions.CodeUnknown):
        look(code, rina)


@pytest.mark.parametrize("role", ["owner", "integrator", "fraud_desk"])
def test_only_the_role_of_the_counter_confirms(sari, tax, role):
    with pytest.raises(staff.NotYours):
        look(show(sari), StaffFactory(agency=tax, role=role))


@pytest.mark.parametrize("field", ["left_at", "suspended_at"])
def test_safety_24_who_left_or_is_suspended_confirms_nothing_from_that_moment(sari, rina, field):
    code = show(sari)
    look(code, rina)
    StaffMember.objects.filter(id=rina.id).update(**{field: NOON})

    with pytest.raises(staff.NotYours):
        confirm(code, rina)

    assert level(sari) == 0


def test_safety_24_one_counter_is_closed_by_a_row_of_the_rulebook(sari, rina):
    Policy.objects.create(
        name="identity.counter_open",
        agency="tax",
        kind="text",
        value="no",
        valid_from=NOON - timedelta(days=1),
        source="A complaint is looked into",
    )
    rulebook.forget_policies()

    with pytest.raises(actions.CounterClosed):
        look(show(sari), rina)


@pytest.mark.parametrize(
    "own", [{"full_name": "RINA kartika"}, {"email": "rina@pajak.nusa", "full_name": "Someone"}]
)
def test_nobody_makes_sure_of_herself_and_the_code_stays_good_for_a_colleague(tax, own):
    rina = StaffFactory(
        agency=tax, role="help_desk", full_name="Rina Kartika", email="rina@pajak.nusa"
    )
    colleague = StaffFactory(agency=tax, role="help_desk", full_name="Teguh")
    herself = AccountFactory(**own)
    code = show(herself)

    with pytest.raises(actions.OwnProof):
        look(code, rina)
    with pytest.raises(actions.CodeUnknown):
        confirm(code, rina)

    assert not AccessRecord.objects.exists()
    assert look(code, colleague).account_id == herself.pk


def test_a_name_that_changed_after_the_comparison_is_not_confirmed(sari, rina):
    code = show(sari)
    look(code, rina)
    sari.full_name = "Melati Siregar"
    sari.save()

    with pytest.raises(actions.NameChanged):
        confirm(code, rina)

    assert level(sari) == 0


def test_wrong_codes_are_counted_by_staff_member_and_a_right_one_is_given_back(sari, rina):
    for _ in range(12):
        look(show(sari), rina)
    for _ in range(10):
        with pytest.raises(actions.CodeUnknown):
            look("0000 0000", rina)

    with pytest.raises(actions.CodeTriesUsedUp):
        look("0000 0000", rina)
    assert look_later(sari, rina).account_id == sari.pk


def look_later(account, member):
    later = NOON + timedelta(hours=1, minutes=1)
    return look(show(account, at=later), member, at=later)


def test_wrong_codes_of_a_whole_place_close_that_place_alone(sari, tax):
    members = [
        StaffFactory(agency=tax, role="help_desk", full_name=f"Petugas {word}")
        for word in ("satu", "dua", "tiga", "empat", "lima", "enam", "tujuh")
    ]
    for member in members[:6]:
        for _ in range(10):
            with pytest.raises(actions.CodeUnknown):
                look("0000 0000", member)

    with pytest.raises(actions.CodeTriesUsedUp):
        look(show(sari), members[6])
    assert look(show(sari), StaffFactory(role="help_desk", full_name="Jauh")).account_id == sari.pk


def test_safety_26_one_staff_member_confirms_no_more_people_than_one_can_look_at(rina):
    Policy.objects.filter(name="identity.counter_proofs_a_day").update(value=2)
    rulebook.forget_policies()
    people = [AccountFactory(full_name=f"Orang {word}") for word in ("satu", "dua", "tiga")]
    for account in people[:2]:
        code = show(account)
        look(code, rina)
        confirm(code, rina)
    code = show(people[2])
    look(code, rina)

    with pytest.raises(actions.CounterBusy):
        confirm(code, rina)

    assert level(people[2]) == 0


def test_a_person_asks_for_no_more_codes_than_she_can_use(sari):
    for _ in range(12):
        show(sari)

    with pytest.raises(actions.TooManyCodes):
        show(sari)


def test_without_a_name_there_is_nothing_to_compare():
    with pytest.raises(actions.NameMissing):
        show(AccountFactory(full_name=""))


def test_safety_25_codes_are_kept_as_hashes_and_swept_when_over(sari):
    code = show(sari)

    assert code.replace(" ", "") not in str(list(ProofCode.objects.values()))
    assert actions.forget_codes(at=NOON + timedelta(hours=2)) == 1


@pytest.mark.django_db(transaction=True)
def test_of_counters_that_type_one_code_at_once_one_has_it(sari, tax):
    members = [
        StaffFactory(agency=tax, role="help_desk", full_name=f"Petugas {word}")
        for word in ("satu", "dua", "tiga", "empat")
    ]
    code = show(sari)

    def race(member):
        try:
            look(code, member)
            return confirm(code, member)
        except actions.CodeUnknown:
            return None
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        won = [answer for answer in pool.map(race, members) if answer]

    assert won == [2]
    assert Proofing.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_a_confirmation_sent_twice_at_once_counts_once(sari, rina):
    code = show(sari)
    look(code, rina)

    def race(_number):
        try:
            return confirm(code, rina)
        except actions.CodeUnknown:
            return None
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        won = [answer for answer in pool.map(race, range(4)) if answer]

    assert won == [2]


@given(st.text(max_size=60))
def test_whatever_is_typed_has_a_hash_and_capitals_and_spaces_say_nothing(typed):
    assert codes.hash_code(typed) == codes.hash_code(codes.crypto.normalize_code(typed[:40]))
