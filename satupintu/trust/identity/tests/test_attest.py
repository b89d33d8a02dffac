# SPDX-License-Identifier: Apache-2.0
"""Two attesters vouch for a person without papers. And every way to have it with less."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from satupintu.foundation.audit.models import AccessRecord
from satupintu.foundation.outbox.models import Event
from satupintu.trust.accounts import actions as accounts
from satupintu.trust.accounts.tests.factories import AccountFactory
from satupintu.trust.identity import actions, queries
from satupintu.trust.identity.models import (
    Attestation,
    AttestationReview,
    Attester,
    ProofCode,
    Proofing,
)
from satupintu.trust.identity.rules import Method
from satupintu.trust.rulebook import queries as rulebook
from satupintu.trust.rulebook.models import Policy
from satupintu.trust.staff import actions as staff
from satupintu.trust.staff.tests.factories import StaffFactory, StewardFactory

pytestmark = pytest.mark.django_db
NOON = timezone.now()
LATER = NOON + timedelta(hours=1)


def set_percent(percent):
    Policy.objects.filter(name="identity.attestation_recheck_percent").update(value=percent)
    rulebook.forget_policies()


@pytest.fixture(autouse=True)
def lot(db):
    """Nobody is drawn, unless a test says so."""
    set_percent(0)


@pytest.fixture
def communities(db):
    return [
        actions.register_community(name=name, by=None, at=NOON)
        for name in ("Karang Asri", "Sumber Rejo")
    ]


def prove(account, at=NOON, level=2):
    evidence = actions.Evidence(
        method=Method.PROVIDER, level=level, by="nusaid", role="identity_provider"
    )
    return actions.record_proofing(account_id=account.pk, evidence=evidence, at=at)


def make_attester(community, name):
    account = AccountFactory(full_name=name)
    prove(account)
    actions.ensure_demo_attester(community=community, email=account.email, at=NOON)
    return account


@pytest.fixture
def first(communities):
    return make_attester(communities[0], "Wayan Sudra")


@pytest.fixture
def second(communities):
    return make_attester(communities[1], "Maria Lende")


def voucher(account, level=2, on_device=()):
    return actions.Voucher(
        account_id=account.pk, authentication_level=level, accounts_on_device=on_device
    )


def show(account, at=NOON):
    return actions.make_code(
        account_id=account.pk, purpose=ProofCode.Purpose.ATTESTATION, at=at
    ).code


def vouch(attester, person, *, at=NOON, typed="", **fields):
    typed = typed or show(person, at=at)
    by = voucher(attester, **fields)
    actions.look_at_vouching_code(typed=typed, by=by, at=at)
    return actions.attest(typed=typed, by=by, at=at)


def level(account, at=LATER):
    return queries.get_level(account_id=account.pk, at=at)


def id_of(attester):
    return Attester.objects.get(account_id=attester.pk).id


def revoke(attester, at=LATER):
    return actions.revoke_attester(
        attester_id=id_of(attester), reason="She took money", by=StewardFactory().id, at=at
    )


def test_safety_17_two_attesters_of_two_communities_make_the_first_level_and_no_more(
    sari, first, second
):
    assert vouch(first, sari) is False
    assert level(sari) == 0
    assert vouch(second, sari) is True

    assert level(sari) == 1
    [proofing] = Proofing.objects.filter(account_id=sari.pk)
    assert (proofing.method, proofing.by, proofing.role) == ("attestation", "community", "attester")
    assert level(sari, at=NOON + timedelta(days=730)) == 0


def test_safety_17_two_of_one_community_are_not_enough(sari, first, communities):
    neighbour = make_attester(communities[0], "Made Rai")
    vouch(first, sari)

    assert vouch(neighbour, sari) is False
    assert level(sari) == 0


def test_safety_17_an_attester_vouches_not_for_herself(first):
    with pytest.raises(actions.OwnAttestation):
        vouch(first, first)


def test_safety_17_one_attesters_word_counts_once(sari, first):
    vouch(first, sari)

    with pytest.raises(actions.AttestedAlready):
        vouch(first, sari)

    assert level(sari) == 0


def test_safety_17_an_attester_revoked_before_the_second_word_has_given_none(sari, first, second):
    vouch(first, sari)
    revoke(first, at=NOON)

    assert vouch(second, sari) is False
    assert level(sari) == 0
    assert queries.count_words(account_id=sari.pk, at=NOON) == 1


def test_safety_17_whoever_vouched_for_the_attester_is_too_close(sari, first, second, communities):
    vouch(first, sari)
    vouch(second, sari)
    prove(sari)
    actions.ensure_demo_attester(community=communities[0], email=sari.email, at=NOON)

    with pytest.raises(actions.TooClose):
        vouch(sari, first)


def test_safety_8_whoever_lent_her_the_phone_cannot_vouch(sari, first):
    known = frozenset({accounts.hash_account(sari.email)})

    with pytest.raises(actions.TooClose):
        vouch(first, sari, on_device=known)

    assert not AccessRecord.objects.filter(account_id=sari.pk).exists()


def test_safety_2_an_attester_with_one_factor_vouches_for_nobody(sari, first):
    with pytest.raises(actions.SecondFactorNeeded):
        vouch(first, sari, level=1)


def test_an_attester_whose_own_proof_has_ended_vouches_for_nobody(sari, first):
    [proof] = Proofing.objects.filter(account_id=first.pk)
    actions.end_proofing(
        account_id=first.pk, proofing_id=proof.id, reason=Proofing.EndReason.REVOKED, at=NOON
    )

    with pytest.raises(actions.NotAnAttester):
        vouch(first, sari)


def test_who_is_no_attester_vouches_for_nobody(sari):
    stranger = AccountFactory()
    prove(stranger)

    with pytest.raises(actions.NotAnAttester):
        vouch(stranger, sari)


def test_a_code_is_used_once_and_each_attester_needs_one(sari, first, second):
    code = show(sari)
    vouch(first, sari, typed=code)

    with pytest.raises(actions.CodeUnknown):
        vouch(second, sari, typed=code)


def test_a_word_lapses_when_no_second_comes(sari, first, second):
    vouch(first, sari)
    later = NOON + timedelta(days=30)

    assert vouch(second, sari, at=later) is False
    assert vouch(first, sari, at=later) is True


def test_safety_26_an_attester_vouches_for_no_more_people_than_one_knows(first):
    for number in range(10):
        vouch(first, AccountFactory(full_name=f"Orang Lama {number}"))

    with pytest.raises(actions.AttesterBusy):
        vouch(first, AccountFactory(full_name="Orang Baru"))

    [card] = queries.list_attesters(at=LATER)
    assert card.count == 10
    assert len(card.account) == 8


def test_safety_17_nobody_sees_which_way_it_was_or_who_vouched(sari, first, second):
    vouch(first, sari)
    vouch(second, sari)

    told = str(list(Event.objects.filter(data__account_id=str(sari.pk)).values("type", "data")))
    lines = str(list(AccessRecord.objects.filter(account_id=sari.pk).values()))
    for secret in (str(first.pk), str(second.pk), first.full_name, "karang-asri"):
        assert secret not in told + lines


@pytest.mark.parametrize(("percent", "drawn"), [(0, 0), (100, 1)])
def test_safety_17_a_share_is_drawn_for_a_second_look_and_holds_nothing(
    sari, first, second, percent, drawn
):
    set_percent(percent)
    vouch(first, sari)
    vouch(second, sari)

    reviews = queries.list_reviews()
    assert len(reviews) == drawn
    assert all(card.due_at == NOON + timedelta(days=14) for card in reviews)
    assert not queries.is_under_review(account_id=sari.pk)
    assert not Event.objects.filter(type=actions.IN_DOUBT).exists()


def test_safety_17_revoking_an_attester_puts_her_proofs_in_doubt_and_ends_none(sari, first, second):
    vouch(first, sari)
    vouch(second, sari)

    assert revoke(first) == 1

    assert queries.is_under_review(account_id=sari.pk)
    assert level(sari) == 1
    [event] = Event.objects.filter(type=actions.IN_DOUBT)
    assert event.data == {"account_id": str(sari.pk)}
    [card] = queries.list_reviews()
    assert card.due_at == LATER + timedelta(days=14)
    assert card.is_overdue(at=LATER + timedelta(days=14))


def test_both_attesters_revoked_are_one_review(sari, first, second):
    vouch(first, sari)
    vouch(second, sari)

    revoke(first)
    revoke(second)

    assert len(queries.list_reviews()) == 1


@pytest.mark.parametrize(("outcome", "reached"), [("stands", 1), ("ended", 0)])
def test_a_review_is_decided_once_and_the_person_sees_it(sari, first, second, outcome, reached):
    vouch(first, sari)
    vouch(second, sari)
    revoke(first)
    [card] = queries.list_reviews()
    fraud = StaffFactory(role="fraud_desk")
    decide = {"review_id": card.id, "outcome": AttestationReview.Outcome(outcome), "by": fraud.id}

    contact = actions.read_reviewed(review_id=card.id, by=fraud.id, at=LATER)
    actions.decide_review(**decide, at=LATER)

    assert contact.full_name == sari.full_name
    assert level(sari) == reached
    assert not queries.is_under_review(account_id=sari.pk)
    what = AccessRecord.objects.filter(account_id=sari.pk).values_list("what", flat=True)
    assert {"identity.reviewed", "identity.review_decided"} <= set(what)
    with pytest.raises(actions.ReviewOver):
        actions.decide_review(**decide, at=LATER)


@pytest.mark.parametrize("role", ["help_desk", "owner", "integrator"])
def test_other_roles_neither_read_nor_decide_a_review(sari, first, second, role):
    vouch(first, sari)
    vouch(second, sari)
    revoke(first)
    [card] = queries.list_reviews()

    with pytest.raises(staff.NotYours):
        actions.read_reviewed(review_id=card.id, by=StaffFactory(role=role).id, at=LATER)


def test_an_attester_is_chosen_by_two_and_must_be_proved_herself(communities):
    candidate = AccountFactory()
    asked = {
        "community": communities[0],
        "email": candidate.email,
        "reason": "The elders chose her",
    }
    one, two = StewardFactory(), StewardFactory()
    with pytest.raises(actions.AttesterNotProved):
        actions.propose_attester(**asked, by=one.id, at=NOON)
    prove(candidate)

    proposal_id = actions.propose_attester(**asked, by=one.id, at=NOON)
    with pytest.raises(staff.OwnProposal):
        staff.approve(proposal_id=proposal_id, by=one.id, at=NOON)
    assert not queries.is_attester(account_id=candidate.pk)
    staff.approve(proposal_id=proposal_id, by=two.id, at=NOON)

    assert queries.is_attester(account_id=candidate.pk)
    assert AccessRecord.objects.get(account_id=candidate.pk).what == "identity.attester_enrolled"


def test_the_table_itself_refuses_one_attester_for_two_communities(first, communities):
    other = Attester.objects.get(account_id=first.pk)

    with pytest.raises(IntegrityError, match="one_community"), transaction.atomic():
        Attester.objects.create(community=other.community, account_id=first.pk, enrolled_at=NOON)


@pytest.mark.django_db(transaction=True)
def test_two_words_at_once_make_one_proof(sari, first, second):
    codes = {}
    # One code at a time is good, so each is opened and used in turn up to the last step.
    codes[first.pk] = show(sari)
    vouch(first, sari, typed=codes[first.pk])
    code = show(sari)
    by = voucher(second)
    actions.look_at_vouching_code(typed=code, by=by, at=NOON)

    def race(_number):
        try:
            return actions.attest(typed=code, by=by, at=NOON)
        except actions.CodeUnknown:
            return None
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        won = [answer for answer in pool.map(race, range(4)) if answer]

    assert won == [True]
    assert Proofing.objects.filter(account_id=sari.pk).count() == 1


@pytest.mark.django_db(transaction=True)
def test_a_revocation_that_races_the_second_word_leaves_no_proof_that_nobody_looks_at(
    sari, first, second
):
    vouch(first, sari)
    code = show(sari)
    actions.look_at_vouching_code(typed=code, by=voucher(second), at=NOON)
    steward, attester_id = StewardFactory(), id_of(first)

    def attest():
        try:
            return actions.attest(typed=code, by=voucher(second), at=NOON)
        finally:
            connection.close()

    def end():
        try:
            return actions.revoke_attester(
                attester_id=attester_id, reason="She took money", by=steward.id, at=NOON
            )
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        is_proved, doubted = (race.result() for race in [pool.submit(attest), pool.submit(end)])

    assert is_proved is bool(doubted)
    assert queries.is_under_review(account_id=sari.pk) is is_proved


def test_what_is_kept_of_a_word_is_who_gave_it_and_that_she_is_no_kin(sari, first):
    vouch(first, sari)

    row = Attestation.objects.get()
    assert (row.attester_id, row.declared_no_kin_at) == (id_of(first), NOON)
