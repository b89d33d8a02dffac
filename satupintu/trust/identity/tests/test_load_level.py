# SPDX-License-Identifier: Apache-2.0
"""The level that comes with whoever is signed in."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from satupintu.trust.accounts.backend import Backend
from satupintu.trust.accounts.tests.factories import AccountFactory
from satupintu.trust.identity import actions, queries
from satupintu.trust.identity.models import Proofing
from satupintu.trust.identity.rules import Method

pytestmark = pytest.mark.django_db
EVIDENCE = actions.Evidence(
    method=Method.PROVIDER, level=2, by="nusaid", role="identity_provider", subject="1"
)


def test_a_visitor_has_none():
    assert queries.get_level_of_user(AnonymousUser(), at=timezone.now()) == 0


def test_the_statement_that_loads_the_account_brings_the_level():
    now = timezone.now()
    account = AccountFactory()
    actions.record_proofing(account_id=account.pk, evidence=EVIDENCE, at=now)

    with CaptureQueriesContext(connection) as captured:
        user = Backend().get_user(account.pk)
        levels = [
            queries.get_level_of_user(user, at=at) for at in (now, now + timedelta(days=9999))
        ]

    assert levels == [2, 0]
    assert len(captured) == 1


def test_an_account_that_was_loaded_otherwise_is_asked_about():
    account = AccountFactory()
    actions.record_proofing(account_id=account.pk, evidence=EVIDENCE, at=timezone.now())

    assert queries.get_level_of_user(account, at=timezone.now()) == 2


def test_a_proof_that_ends_counts_for_nothing_when_the_account_is_next_loaded():
    now = timezone.now()
    account = AccountFactory()
    proofing_id = actions.record_proofing(account_id=account.pk, evidence=EVIDENCE, at=now)

    actions.end_proofing(
        account_id=account.pk,
        proofing_id=proofing_id,
        reason=Proofing.EndReason.REVOKED,
        at=now,
    )

    assert queries.get_level_of_user(Backend().get_user(account.pk), at=now) == 0
