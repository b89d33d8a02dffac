# SPDX-License-Identifier: Apache-2.0
"""Who sees which agencies a case is about."""

import pytest
from django.urls import reverse
from django.utils import timezone

from satupintu.dealings.protection import actions
from satupintu.trust.accounts.tests.factories import PASSWORD, sign_in

from . import steps

pytestmark = pytest.mark.django_db
AGENCY = "Kantor Pajak Nusa"
STEP_UP = reverse("accounts:step_up") + "?next=" + reverse("protection:case")


def see(client):
    return client.get(reverse("protection:case")).content.decode()


@pytest.mark.parametrize("is_closed", [False, True])
def test_safety_02_one_factor_sees_no_agency_of_a_case(client, sari, linked, desk, is_closed):
    account = steps.renew(steps.restore(steps.freeze(sari), desk))
    if is_closed:
        actions.take_back_link(account_id=sari.pk, link_id=linked, at=timezone.now())

    sign_in(client, account, level=1)
    with_one = see(client)
    sign_in(client, account, level=2)
    with_two = see(client)

    assert AGENCY not in with_one
    assert STEP_UP in with_one
    assert AGENCY in with_two
    assert STEP_UP not in with_two


def test_safety_02_a_password_alone_shows_no_agency_of_a_frozen_account(client, sari, linked):
    steps.freeze(sari)
    client.post(reverse("account_login"), {"email": sari.email, "password": PASSWORD})

    html = see(client)

    assert AGENCY not in html
    assert STEP_UP not in html, "nobody is signed in who could prove more"


def test_whoever_freezes_with_two_factors_sees_which_agencies_are_told(browser, sari, linked):
    steps.add_second_factor(sari)

    html = browser.post(reverse("protection:freeze"), follow=True).content.decode()

    assert AGENCY in html
