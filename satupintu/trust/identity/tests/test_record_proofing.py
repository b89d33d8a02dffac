# SPDX-License-Identifier: Apache-2.0
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import UTC, datetime, timedelta

import pytest
from django.core import mail
from django.db import IntegrityError, connection, transaction

from satupintu.foundation.ids import new_id
from satupintu.foundation.outbox.models import Event
from satupintu.trust.accounts import actions as people
from satupintu.trust.accounts import queries as queries_of_people
from satupintu.trust.accounts.models import Account
from satupintu.trust.accounts.tests.factories import AccountFactory
from satupintu.trust.identity import actions, queries, tasks
from satupintu.trust.identity.models import EvidenceHolder, Proofing
from satupintu.trust.identity.rules import Method

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
LATER = NOON + timedelta(hours=1)
SARI, THIEF = new_id(), new_id()
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def accounts(db):
    for account_id in (SARI, THIEF):
        AccountFactory(id=account_id)


def prove(
    account_id=SARI, *, subject="nusa-1", level=2, method=Method.PROVIDER, by="nusaid", at=NOON
):
    evidence = actions.Evidence(
        method=method, level=level, by=by, role="identity_provider", subject=subject
    )
    return actions.record_proofing(account_id=account_id, evidence=evidence, at=at)


def level(account_id=SARI, at=LATER):
    return queries.get_level(account_id=account_id, at=at)


def test_nobody_is_known_before_a_proof():
    assert level() == 0


def test_a_proof_gives_its_level_until_the_rulebook_lets_it_lapse():
    prove()

    assert level(at=NOON) == 2
    assert level(at=NOON + timedelta(days=729)) == 2
    assert level(at=NOON + timedelta(days=730)) == 0


def test_an_ended_proof_counts_for_nothing_and_stays_in_the_history():
    proofing_id = prove()

    ended = actions.end_proofing(
        account_id=SARI, proofing_id=proofing_id, reason=Proofing.EndReason.WITHDRAWN, at=LATER
    )

    assert ended
    assert level() == 0
    [card] = queries.list_proofings(account_id=SARI)
    assert (card.level, card.ended_at) == (2, LATER)


def test_what_has_ended_cannot_end_again():
    proofing_id = prove()
    end = {"account_id": SARI, "proofing_id": proofing_id, "reason": Proofing.EndReason.REVOKED}
    actions.end_proofing(**end, at=NOON)

    assert not actions.end_proofing(**end, at=LATER)

    assert Proofing.objects.get().ended_at == NOON


def test_a_person_cannot_end_anothers_proof():
    proofing_id = prove()

    ended = actions.end_proofing(
        account_id=THIEF, proofing_id=proofing_id, reason=Proofing.EndReason.WITHDRAWN, at=LATER
    )

    assert not ended
    assert level() == 2


def test_proving_again_replaces_the_former_proof():
    prove()
    prove(at=LATER)

    assert level(at=NOON + timedelta(days=730, minutes=30)) == 2
    assert Proofing.objects.filter(ended_at=None).count() == 1
    assert Proofing.objects.count() == 2


def test_two_ways_stand_side_by_side_and_the_stronger_counts():
    prove(method=Method.ATTESTATION, by="desa", level=1, subject="")
    stronger = prove()

    assert level() == 2
    actions.end_proofing(
        account_id=SARI, proofing_id=stronger, reason=Proofing.EndReason.REVOKED, at=LATER
    )
    assert level() == 1


def test_one_identity_proves_one_account_and_its_owner_hears_of_the_other():
    prove()

    with pytest.raises(actions.EvidenceHeldElsewhere):
        prove(THIEF)

    assert level(THIEF) == 0
    assert level() == 2
    told = Event.objects.get(type=actions.CLAIMED_TWICE)
    assert told.data == {"account_id": str(SARI), "by": "nusaid"}


def test_an_identity_is_free_again_when_its_proof_has_ended():
    proofing_id = prove()
    actions.end_proofing(
        account_id=SARI, proofing_id=proofing_id, reason=Proofing.EndReason.WITHDRAWN, at=NOON
    )

    prove(THIEF, at=LATER)

    assert level(THIEF) == 2


def test_an_identity_is_free_again_when_its_proof_has_lapsed():
    prove()

    prove(THIEF, at=NOON + timedelta(days=731))

    assert EvidenceHolder.objects.get().account_id == THIEF


def test_who_proves_with_another_identity_lets_go_of_the_first():
    prove(subject="nusa-1")
    prove(subject="nusa-2", at=LATER)

    prove(THIEF, subject="nusa-1", at=LATER)

    assert level(at=LATER) == 2
    assert level(THIEF, at=LATER) == 2


def test_the_same_number_at_another_provider_is_another_identity():
    prove(by="nusaid")

    prove(THIEF, by="bank-id")

    assert level(THIEF) == 2


def test_nothing_is_kept_of_who_she_is_at_the_provider():
    prove(subject="3174-nusa-subject")

    stored = [str(list(table.objects.values())) for table in (Proofing, EvidenceHolder, Event)]
    assert not any("3174" in rows for rows in stored)


@pytest.mark.parametrize(
    ("method", "too_high"), [(Method.ATTESTATION, 2), (Method.PROVIDER, 3), (Method.COUNTER, 4)]
)
def test_safety_17_no_way_lifts_a_person_above_what_it_is_worth(method, too_high):
    with pytest.raises(ValueError, match="never reaches"):
        prove(method=method, level=too_high)

    assert not Proofing.objects.exists()


def test_safety_17_the_database_itself_keeps_attestation_at_the_first_level():
    prove(method=Method.ATTESTATION, level=1, subject="")

    with pytest.raises(IntegrityError, match="attestation"), transaction.atomic():
        Proofing.objects.update(level=2)


@pytest.mark.django_db(transaction=True)
def test_of_accounts_that_race_for_one_identity_one_gets_it():
    racers = [AccountFactory().pk for _ in range(6)]

    def race(account_id):
        try:
            return prove(account_id)
        except actions.EvidenceHeldElsewhere:
            return None
        finally:
            connection.close()

    with ThreadPoolExecutor(6) as pool:
        won = [answer for answer in pool.map(race, racers) if answer]

    assert len(won) == 1
    assert sum(level(racer) == 2 for racer in racers) == 1


@pytest.mark.parametrize("happened", ["proved", "ended", "claimed_twice", "in_doubt"])
@pytest.mark.parametrize("language", ["id", "en"])
def test_safety_21_the_mail_names_no_provider_and_holds_no_link(happened, language):
    account = AccountFactory(language=language)

    tasks.send_proof_notice(account_id=str(account.pk), happened=happened)

    [message] = mail.outbox
    said = f"{message.subject} {message.body}"
    assert message.to == [account.email]
    assert "http" not in said
    assert "NusaID" not in said
    assert ("Anda" in said) is (language == "id")


# --- One account, two proofs at once; and its name ------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_of_two_identities_that_race_for_one_account_one_stands():
    with ThreadPoolExecutor(6) as pool:

        def race(number):
            try:
                return prove(subject=f"nusa-{number}")
            finally:
                connection.close()

        list(pool.map(race, range(6)))

    [standing] = Proofing.objects.filter(ended_at=None)
    assert Proofing.objects.count() == 6
    assert EvidenceHolder.objects.get().proofing_id == standing.id
    actions.end_proofing(
        account_id=SARI, proofing_id=standing.id, reason=Proofing.EndReason.WITHDRAWN, at=LATER
    )
    assert level() == 0


def test_the_table_itself_keeps_one_standing_proof_of_each_place():
    prove()

    with pytest.raises(IntegrityError, match="one_of_each_place"), transaction.atomic():
        Proofing.objects.create(
            account_id=SARI,
            method=Method.PROVIDER,
            level=1,
            by="nusaid",
            role="x",
            proved_at=NOON,
            valid_until=LATER,
        )


def rename(name, at=LATER):
    people.change_name(
        account_id=SARI, typed=name, origin=queries_of_people.Origin(), session_id=None, at=at
    )


def test_the_name_of_a_proved_account_is_fixed_and_its_spelling_is_not():
    Account.objects.filter(id=SARI).update(full_name="Sari Wulandari")
    prove()

    with pytest.raises(actions.NameIsProved):
        rename("Melati Siregar")
    rename("SARI  Wulandari")

    assert Account.objects.get(id=SARI).full_name == "SARI Wulandari"


def test_without_a_standing_proof_a_name_may_change_again():
    proofing_id = prove()
    actions.end_proofing(
        account_id=SARI, proofing_id=proofing_id, reason=Proofing.EndReason.WITHDRAWN, at=NOON
    )
    rename("Melati Siregar")
    prove()

    rename("Sari Siregar", at=NOON + timedelta(days=731))

    assert Account.objects.get(id=SARI).full_name == "Sari Siregar"


def test_a_name_that_changed_on_the_way_is_not_proved():
    evidence = actions.Evidence(
        method=Method.PROVIDER,
        level=2,
        by="nusaid",
        role="identity_provider",
        full_name="Somebody Else",
    )

    with pytest.raises(actions.NameDiffers):
        actions.record_proofing(account_id=SARI, evidence=evidence, at=NOON)

    assert level() == 0


@pytest.mark.django_db(transaction=True)
def test_a_renaming_that_races_a_proof_never_carries_it_to_another_name():
    Account.objects.filter(id=SARI).update(full_name="Sari Wulandari")
    evidence = actions.Evidence(
        method=Method.PROVIDER,
        level=2,
        by="nusaid",
        role="identity_provider",
        full_name="Sari Wulandari",
    )

    def prove_it():
        with suppress(actions.NameDiffers):
            actions.record_proofing(account_id=SARI, evidence=evidence, at=NOON)
        connection.close()

    def rename_it():
        with suppress(actions.NameIsProved):
            rename("Melati Siregar")
        connection.close()

    with ThreadPoolExecutor(2) as pool:
        for race in [pool.submit(prove_it), pool.submit(rename_it)]:
            race.result()

    is_proved = level() == 2
    assert is_proved == (Account.objects.get(id=SARI).full_name == "Sari Wulandari")


def test_the_page_refuses_a_new_name_in_words(make_person):
    browser, account = make_person()
    prove(account.pk)

    page = browser.post("/account/name/", {"full_name": "Melati Siregar"})

    assert page.status_code == 422
    assert "sudah dipastikan" in page.content.decode()
