# SPDX-License-Identifier: Apache-2.0
import random
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from hypothesis import given, settings
from hypothesis import strategies as st

from satupintu.foundation.ids import new_id
from satupintu.trust.consent import actions, attributes, queries
from satupintu.trust.consent.models import Consent, Wording
from satupintu.trust.consent.rules import arrange_questions, is_bundled
from satupintu.trust.rulebook.actions import seed_rulebook
from satupintu.trust.rulebook.models import Policy
from satupintu.trust.rulebook.queries import forget_policies

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
NEXT_YEAR = NOON + timedelta(days=365)
SARI, BUDI = new_id(), new_id()
ID, NAME, EMAIL = "identity_confirmed", "full_name", "email"
SPECIFIC = ("blood_type", "disability")


def agree(*codes, agency="tax", at=NOON, level=2, purpose="signin", account_id=SARI):
    actions.give_consent(
        account_id=account_id,
        agency_slug=agency,
        attributes=codes,
        purpose=purpose,
        level=level,
        at=at,
    )


def agreed(agency="tax", at=NOON):
    return queries.list_consented_attributes(account_id=SARI, agency_slug=agency, at=at)


def get_row(attribute):
    return Consent.objects.get(account_id=SARI, attribute=attribute, withdrawn_at=None)


@pytest.fixture
def specific(monkeypatch):
    """Two specific attributes, as an app above would register them."""
    known = dict(attributes.ATTRIBUTES)
    for code, kind in zip(
        SPECIFIC, (actions.SpecificKind.HEALTH, actions.SpecificKind.DISABILITY), strict=True
    ):
        known[code] = actions.Attribute(code, actions.Words(code, code), "pd:Health", kind)
    attributes.ATTRIBUTES.update(known)
    yield SPECIFIC
    for code in SPECIFIC:
        del attributes.ATTRIBUTES[code]


@pytest.mark.django_db
def test_what_was_agreed_to_is_for_that_agency_alone():
    agree(ID, EMAIL)

    assert agreed() == {ID, EMAIL}
    assert agreed("health") == set()


@pytest.mark.django_db
def test_a_consent_says_how_long_how_and_in_which_words():
    agree(EMAIL, level=2)

    row = get_row(EMAIL)
    words = Wording.objects.get(version=row.words_version)
    assert (row.ends_at, row.level, row.purpose) == (NEXT_YEAR, 2, "signin")
    assert words.attribute_words_id == "alamat e-mail Anda"
    assert words.attribute_words_en == "your e-mail address"
    assert "Pasal 20" in words.legal_basis


@pytest.mark.django_db
def test_an_agency_has_the_time_that_the_rulebook_gives_it():
    Policy.objects.create(
        name="consent.lifetime",
        agency="tax",
        kind="duration",
        value="30 d",
        valid_from=NOON - timedelta(days=1),
        source="a test",
    )
    forget_policies()

    agree(EMAIL)
    agree(EMAIL, agency="health")

    ends = dict(Consent.objects.values_list("agency", "ends_at"))
    forget_policies()
    assert ends == {"tax": NOON + timedelta(days=30), "health": NEXT_YEAR}


@pytest.mark.django_db
def test_one_that_has_run_out_gives_nothing_and_can_be_given_again():
    agree(ID)

    assert agreed(at=NEXT_YEAR - timedelta(seconds=1)) == {ID}
    assert agreed(at=NEXT_YEAR) == set()
    agree(ID, at=NEXT_YEAR + timedelta(days=3))
    assert agreed(at=NEXT_YEAR + timedelta(days=3)) == {ID}
    old, new = Consent.objects.order_by("given_at")
    assert (old.withdrawn_at, old.withdrawn_by) == (NEXT_YEAR, "time")
    assert new.ends_at > NEXT_YEAR


@pytest.mark.django_db
def test_one_without_an_end_gives_nothing():
    agree(ID)
    Consent.objects.update(ends_at=None)

    assert agreed() == set()


@pytest.mark.django_db
def test_agreeing_twice_keeps_the_first_yes_and_its_end():
    agree(ID)
    agree(ID, EMAIL, at=NOON + timedelta(hours=1))

    assert Consent.objects.count() == 2
    assert (get_row(ID).given_at, get_row(ID).ends_at) == (NOON, NEXT_YEAR)


@pytest.mark.django_db
def test_other_words_are_another_version_and_the_old_ones_stay_readable(monkeypatch):
    agree(EMAIL)
    other = actions.Attribute(EMAIL, actions.Words("surel Anda", "your mail"), "pd:EmailAddress")
    monkeypatch.setitem(attributes.ATTRIBUTES, EMAIL, other)
    agree(EMAIL, agency="health")

    said = {
        card.agency_slug: card.what.en for card in queries.list_history(account_id=SARI, at=NOON)
    }
    assert said == {"tax": "your e-mail address", "health": "your mail"}


@pytest.mark.django_db
def test_what_has_no_words_cannot_be_given():
    with pytest.raises(KeyError):
        agree("shoe_size")
    with pytest.raises(KeyError):
        agree(EMAIL, purpose="curiosity")

    assert not Consent.objects.exists()


@pytest.mark.django_db
def test_safety_02_one_factor_agrees_to_nothing_about_a_linked_record():
    with pytest.raises(actions.ProofTooWeak):
        agree(ID, purpose="linking", level=1)

    assert not Consent.objects.exists()


@pytest.mark.django_db
def test_safety_23_specific_data_needs_two_factors(specific):
    with pytest.raises(actions.ProofTooWeak):
        agree("disability", level=1)

    agree("disability", level=2)
    assert "Pasal 26" in Wording.objects.get(attribute="disability").legal_basis


@pytest.mark.django_db
@pytest.mark.parametrize("beside", [EMAIL, ID, "blood_type"])
def test_safety_23_specific_data_is_never_given_together_with_something_else(specific, beside):
    with pytest.raises(actions.ConsentBundled):
        agree("disability", beside)

    assert not Consent.objects.exists()


codes = st.sets(st.sampled_from("abcdefgh"))


@settings(deadline=None)
@given(asked=st.lists(st.sampled_from("abcdefgh")), specific=codes, seed=st.randoms())
def test_safety_23_no_order_and_no_mix_of_a_request_bundles_specific_data(asked, specific, seed):
    shuffled = list(asked)
    seed.shuffle(shuffled)

    questions = arrange_questions(asked, specific=specific)

    assert questions == arrange_questions(shuffled, specific=specific)
    assert not any(is_bundled(question, specific=specific) for question in questions)
    assert sorted(code for question in questions for code in question) == sorted(set(asked))
    assert all(questions)


@given(
    kinds=st.lists(st.sampled_from(list(actions.SpecificKind)), min_size=1),
)
def test_safety_23_each_kind_names_the_clause_that_sets_it_apart(kinds):
    for kind in kinds:
        attribute = actions.Attribute("x", actions.Words("x", "x"), "pd:Health", kind)

        assert attribute.is_specific
        assert attribute.legal_basis.endswith(kind.value)
        assert "Pasal 20 ayat (2) huruf a" in attribute.legal_basis


def test_two_meanings_of_one_code_are_refused():
    with pytest.raises(ValueError, match="email"):
        actions.register_attribute(actions.Attribute(EMAIL, actions.Words("x", "x"), "pd:Name"))


def in_threads(work, inputs):
    def run(value):
        try:
            return work(value)
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        return list(pool.map(run, inputs))


@pytest.mark.django_db(transaction=True)
def test_two_tabs_that_agree_at_once_leave_one_running_consent():
    seed_rulebook()

    in_threads(lambda _: agree(ID), range(8))

    assert Consent.objects.filter(withdrawn_at=None).count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_tabs_that_agree_again_after_the_end_leave_one_running_consent():
    seed_rulebook()
    agree(ID)

    in_threads(lambda _: agree(ID, at=NEXT_YEAR + timedelta(days=1)), range(8))

    assert Consent.objects.filter(withdrawn_at=None).count() == 1
    assert Consent.objects.count() == 2


@pytest.mark.django_db(transaction=True)
def test_giving_and_withdrawing_at_once_keeps_every_row_whole():
    seed_rulebook()
    steps = [True, False] * 8
    random.Random(4).shuffle(steps)

    def step(gives):
        if gives:
            return agree(ID, EMAIL)
        running = Consent.objects.filter(account_id=SARI, attribute=ID, withdrawn_at=None)
        for consent_id in running.values_list("id", flat=True):
            try:
                actions.withdraw_attribute(account_id=SARI, consent_id=consent_id, at=NOON)
            except actions.ConsentNotRunning:
                # The other tab was first.
                continue
        return None

    in_threads(step, steps)

    rows = list(Consent.objects.all())
    running = [(row.agency, row.attribute) for row in rows if row.withdrawn_at is None]
    assert len(running) == len(set(running))
    assert all((row.withdrawn_at is None) == (row.withdrawn_by == "") for row in rows)
    assert all(row.given_at == NOON and row.ends_at == NEXT_YEAR for row in rows)
