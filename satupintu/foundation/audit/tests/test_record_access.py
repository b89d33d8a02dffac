# SPDX-License-Identifier: Apache-2.0
from datetime import UTC, datetime

import pytest
from django.db import transaction

from satupintu.foundation.audit import actions, queries
from satupintu.foundation.ids import new_id

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
SARI, BUDI = new_id(), new_id()


def look(*, account_id=SARI, at=NOON):
    return actions.record_access(
        account_id=account_id,
        actor=actions.Actor(kind="agency", agency="tax", role="sign-in"),
        what="identity_confirmed",
        purpose_code="sign_in",
        words=actions.Words(id="untuk mengenali Anda", en="to recognise you"),
        legal_basis="UU 27/2022 art. 20(2)(a)",
        at=at,
    )


@pytest.mark.django_db
def test_a_person_sees_who_saw_what_why_and_on_what_basis():
    look()

    (seen,) = queries.list_accesses(account_id=SARI)

    assert seen.actor_agency == "tax"
    assert seen.what == "identity_confirmed"
    assert (seen.words_id, seen.words_en) == ("untuk mengenali Anda", "to recognise you")
    assert seen.legal_basis == "UU 27/2022 art. 20(2)(a)"
    assert seen.at == NOON


@pytest.mark.django_db
def test_nobody_sees_the_log_of_another():
    look(account_id=BUDI)

    assert queries.list_accesses(account_id=SARI) == []


@pytest.mark.django_db
def test_a_release_that_rolls_back_was_never_made():
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        look()
        raise ZeroDivisionError

    assert queries.list_accesses(account_id=SARI) == []


@pytest.mark.django_db
def test_the_newest_comes_first():
    look(at=NOON)
    look(at=NOON.replace(hour=13))

    assert [seen.at.hour for seen in queries.list_accesses(account_id=SARI)] == [13, 12]
