# SPDX-License-Identifier: Apache-2.0
"""A link that the owner of the record has stopped brings nobody her letters."""

from datetime import timedelta

import pytest
from django.utils import translation

from satupintu.dealings.inbox import actions
from satupintu.dealings.linking.models import Link
from satupintu.trust.agencies import actions as agencies

from .factories import NOON
from .test_accept_message import accept, assert_nothing_was_stored, known


@pytest.mark.django_db
def test_safety_09_a_letter_to_a_paused_link_keeps_its_earlier_way():
    account, sender, subject = known()
    Link.objects.filter(account_id=account.pk).update(paused_until=NOON + timedelta(hours=1))

    with pytest.raises(actions.LinkWaits) as caught:
        accept(sender, subject)

    with translation.override("en"):
        assert "earlier way" in str(caught.value.message)
    assert_nothing_was_stored()


def make_provisional(account):
    Link.objects.filter(account_id=account.pk).update(provisional_until=NOON + timedelta(hours=1))


@pytest.mark.django_db
def test_safety_09_a_letter_to_a_provisional_link_keeps_its_earlier_way():
    account, sender, subject = known()
    make_provisional(account)

    with pytest.raises(actions.LinkWaits):
        accept(sender, subject)

    assert_nothing_was_stored()


@pytest.mark.django_db
def test_safety_09_an_agency_that_serves_provisional_links_safely_may_write():
    account, sender, subject = known()
    make_provisional(account)
    agencies.record_provisional_service(slug=sender.agency, serves=True, at=NOON)

    assert not accept(sender, subject).is_replay


@pytest.mark.django_db
def test_safety_09_what_an_agency_has_shown_can_be_taken_back():
    account, sender, subject = known()
    make_provisional(account)
    agencies.record_provisional_service(slug=sender.agency, serves=True, at=NOON)
    agencies.record_provisional_service(slug=sender.agency, serves=False, at=NOON)

    with pytest.raises(actions.LinkWaits):
        accept(sender, subject)


@pytest.mark.django_db
def test_safety_10_a_letter_to_a_link_on_hold_keeps_its_earlier_way():
    account, sender, subject = known()
    agencies.record_provisional_service(slug=sender.agency, serves=True, at=NOON)
    Link.objects.filter(account_id=account.pk).update(held_at=NOON)

    with pytest.raises(actions.LinkWaits):
        accept(sender, subject)
