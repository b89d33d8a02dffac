# SPDX-License-Identifier: Apache-2.0
"""A link that the owner of the record has stopped brings nobody her letters."""

from datetime import timedelta

import pytest
from django.utils import translation

from satupintu.dealings.inbox import actions
from satupintu.dealings.linking.models import Link

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
