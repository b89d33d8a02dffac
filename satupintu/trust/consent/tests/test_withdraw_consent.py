# SPDX-License-Identifier: Apache-2.0
from datetime import UTC, datetime, timedelta

import pytest

from satupintu.foundation.ids import new_id
from satupintu.trust.consent import actions, queries
from satupintu.trust.consent.models import Consent
from satupintu.trust.rulebook.models import Policy
from satupintu.trust.rulebook.queries import forget_policies

from .test_give_consent import EMAIL, ID, NAME, NEXT_YEAR, NOON, SARI, agree, agreed, get_row

LATER = NOON + timedelta(hours=1)

pytestmark = pytest.mark.django_db


@pytest.fixture
def law():
    """The tax office must be told names."""
    Policy.objects.create(
        name="consent.law.full_name",
        agency="tax",
        kind="text",
        value="UU 6/1983, Pasal 35",
        valid_from=datetime(2026, 1, 1, tzinfo=UTC),
        source="a test",
    )
    forget_policies()
    yield
    forget_policies()


def withdraw(attribute, *, account_id=SARI, at=LATER):
    actions.withdraw_attribute(account_id=account_id, consent_id=get_row(attribute).id, at=at)


def test_one_attribute_ends_alone_and_says_who_ended_it():
    agree(ID, NAME, EMAIL)

    withdraw(EMAIL)

    row = Consent.objects.get(attribute=EMAIL)
    assert agreed() == {ID, NAME}
    assert (row.withdrawn_at, row.withdrawn_by) == (LATER, "person")


def test_without_knowing_that_it_is_her_nothing_else_is_told():
    agree(ID, NAME)
    agree(ID, agency="health")

    withdraw_id = Consent.objects.get(agency="tax", attribute=ID).id
    actions.withdraw_attribute(account_id=SARI, consent_id=withdraw_id, at=LATER)

    assert agreed() == set()
    assert agreed("health") == {ID}


def test_unlinking_ends_all_of_that_agency_and_is_remembered_as_such():
    agree(ID, EMAIL)

    ended = actions.withdraw_consent(account_id=SARI, agency_slug="tax", at=LATER)

    assert ended == 2
    assert agreed() == set()
    assert set(Consent.objects.values_list("withdrawn_by", flat=True)) == {"unlinked"}


def test_one_can_agree_again_after_withdrawing_and_the_first_row_stays_as_it_ended():
    agree(ID)
    withdraw(ID)

    agree(ID, at=LATER)

    old, new = Consent.objects.order_by("id")
    assert agreed(at=LATER) == {ID}
    assert (old.given_at, old.withdrawn_at, new.withdrawn_at) == (NOON, LATER, None)


def test_another_persons_consent_cannot_be_withdrawn():
    agree(EMAIL)

    with pytest.raises(actions.ConsentNotRunning):
        withdraw(EMAIL, account_id=new_id())

    assert agreed() == {EMAIL}


@pytest.mark.parametrize("at", [NEXT_YEAR, NEXT_YEAR + timedelta(days=1)])
def test_what_has_run_out_cannot_be_withdrawn(at):
    agree(EMAIL)

    with pytest.raises(actions.ConsentNotRunning):
        withdraw(EMAIL, at=at)

    assert get_row(EMAIL).withdrawn_by == ""


def test_what_ended_by_time_is_not_said_to_have_been_withdrawn():
    agree(ID, EMAIL)
    Consent.objects.filter(attribute=EMAIL).update(ends_at=NOON + timedelta(minutes=5))

    withdraw(ID)

    row = Consent.objects.get(attribute=EMAIL)
    assert (row.withdrawn_at, row.withdrawn_by) == (NOON + timedelta(minutes=5), "time")
    states = {c.attribute: c.state for c in queries.list_history(account_id=SARI, at=LATER)}
    assert states == {ID: "withdrawn", EMAIL: "expired"}


def test_who_holds_sign_ins_hears_what_was_taken_back(monkeypatch):
    calls = []
    monkeypatch.setitem(actions._withdrawals, "signin", lambda *told: calls.append(told))
    agree(ID, EMAIL)

    withdraw(EMAIL)
    withdraw(ID)

    assert calls == [(SARI, "tax", EMAIL, LATER), (SARI, "tax", ID, LATER)]


def test_safety_23_what_a_law_compels_is_told_without_consent_and_names_the_law(law):
    agree(ID)

    allowed = queries.list_allowed_attributes(account_id=SARI, agency_slug="tax", at=NOON)
    [group] = queries.list_agency_consents(account_id=SARI, at=NOON)

    assert allowed == {ID, NAME}
    assert [(each.attribute, each.law) for each in group.compelled] == [
        (NAME, "UU 6/1983, Pasal 35")
    ]
    assert not queries.list_compelled(agency_slug="health", at=NOON)


def test_safety_23_no_withdrawal_pretends_to_end_what_a_law_compels(law):
    agree(ID, NAME)

    with pytest.raises(actions.CompelledByLaw):
        withdraw(NAME)

    [group] = queries.list_agency_consents(account_id=SARI, at=NOON)
    assert [card.attribute for card in group.consents] == [ID]
    assert get_row(NAME).withdrawn_by == ""


def test_that_it_is_her_is_never_compelled():
    Policy.objects.create(
        name="consent.law.identity_confirmed",
        agency="",
        kind="text",
        value="UU 6/1983",
        valid_from=datetime(2026, 1, 1, tzinfo=UTC),
        source="a test",
    )
    forget_policies()

    allowed = queries.list_allowed_attributes(account_id=SARI, agency_slug="tax", at=NOON)

    forget_policies()
    assert allowed == set()
