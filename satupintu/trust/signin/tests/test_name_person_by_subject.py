# SPDX-License-Identifier: Apache-2.0
import threading

import pytest
from django.db import connection
from django.utils import timezone

from satupintu.foundation.ids import new_id
from satupintu.trust.signin import actions, queries
from satupintu.trust.signin.models import Subject

NOW = timezone.now()


@pytest.mark.django_db
def test_a_person_keeps_one_subject_in_a_sector():
    account_id = new_id()

    first = actions.ensure_subject(account_id=account_id, sector="tax", at=NOW)
    second = actions.ensure_subject(account_id=account_id, sector="tax", at=NOW)

    assert first == second == queries.get_subject(account_id=account_id, sector="tax")


@pytest.mark.django_db
def test_two_sectors_know_a_person_by_names_that_have_nothing_in_common():
    account_id = new_id()

    tax = actions.ensure_subject(account_id=account_id, sector="tax", at=NOW)
    health = actions.ensure_subject(account_id=account_id, sector="health", at=NOW)

    assert tax != health
    assert str(account_id) not in tax + health


@pytest.mark.django_db
def test_a_subject_means_a_person_in_its_own_sector_only():
    account_id = new_id()
    subject = actions.ensure_subject(account_id=account_id, sector="tax", at=NOW)

    assert queries.get_account_of_subject(sector="tax", subject=subject) == account_id
    assert queries.get_account_of_subject(sector="health", subject=subject) is None


@pytest.mark.django_db
def test_asking_for_a_subject_makes_none():
    assert queries.get_subject(account_id=new_id(), sector="tax") is None
    assert not Subject.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_two_tabs_at_once_get_the_same_subject():
    account_id = new_id()
    gate = threading.Barrier(4)
    got = []

    def sign_in():
        gate.wait()
        got.append(actions.ensure_subject(account_id=account_id, sector="tax", at=NOW))
        connection.close()

    threads = [threading.Thread(target=sign_in) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(got) == 4
    assert len(set(got)) == 1
