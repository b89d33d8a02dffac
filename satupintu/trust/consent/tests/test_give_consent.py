# SPDX-License-Identifier: Apache-2.0
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import pytest
from django.db import connection

from satupintu.foundation.ids import new_id
from satupintu.trust.consent import actions, queries
from satupintu.trust.consent.models import Consent

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
SARI = new_id()


def agree(*attributes, agency="tax", at=NOON):
    actions.give_consent(
        account_id=SARI, agency_slug=agency, attributes=attributes, purpose="linking", at=at
    )


def agreed(agency="tax"):
    return queries.list_consented_attributes(account_id=SARI, agency_slug=agency)


@pytest.mark.django_db
def test_what_was_agreed_to_is_for_that_agency_alone():
    agree("identity", "email")

    assert agreed() == {"identity", "email"}
    assert agreed("health") == set()


@pytest.mark.django_db
def test_agreeing_twice_keeps_the_first_yes():
    agree("identity")
    agree("identity", "email", at=NOON.replace(hour=13))

    assert Consent.objects.count() == 2
    assert Consent.objects.get(attribute="identity").given_at == NOON


@pytest.mark.django_db
def test_a_withdrawn_consent_no_longer_counts_but_is_remembered():
    agree("identity", "email")

    ended = actions.withdraw_consent(account_id=SARI, agency_slug="tax", at=NOON)

    assert ended == 2
    assert agreed() == set()
    assert Consent.objects.count() == 2


@pytest.mark.django_db
def test_one_can_agree_again_after_withdrawing():
    agree("identity")
    actions.withdraw_consent(account_id=SARI, agency_slug="tax", at=NOON)

    agree("identity")

    assert agreed() == {"identity"}


@pytest.mark.django_db(transaction=True)
def test_two_tabs_that_agree_at_once_leave_one_running_consent():
    def agree_in_a_thread(_):
        try:
            agree("identity")
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(agree_in_a_thread, range(8)))

    assert Consent.objects.filter(withdrawn_at=None).count() == 1
