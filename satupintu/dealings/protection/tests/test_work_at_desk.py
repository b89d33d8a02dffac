# SPDX-License-Identifier: Apache-2.0
"""The desk's pages: nothing about anybody without a case, masked with one, and logged."""

import pytest
from django.urls import reverse
from django.utils import timezone

from satupintu.dealings.protection.models import Case
from satupintu.foundation.audit.models import AccessRecord
from satupintu.trust.staff import actions as staff
from satupintu.trust.staff.models import Proposal
from satupintu.trust.staff.tests.factories import StaffFactory, StewardFactory, sign_in

from . import steps

pytestmark = pytest.mark.django_db
DESK = "/staff/cases/"


@pytest.fixture
def at_desk(client, desk):
    sign_in(client, desk[0])
    return client


def test_a_case_is_found_by_the_number_that_the_person_tells(at_desk, sari, linked):
    number = steps.freeze(sari)

    page = at_desk.post(DESK, {"number": f"{number[:4].lower()}-{number[4:]}"}, follow=True)

    html = page.content.decode()
    assert page.status_code == 200
    assert "S*** W***" in html
    assert "s***@s***" in html


def test_safety_18_nothing_but_masks_reaches_the_desk(at_desk, sari, linked):
    number = steps.freeze(sari)

    html = at_desk.get(f"{DESK}{number}/").content.decode()

    for secret in ("Sari", "Wulandari", sari.email, "Kantor Pajak", "pajak", str(sari.pk)):
        assert secret not in html


def test_each_look_stands_in_her_log(at_desk, sari):
    number = steps.freeze(sari)

    at_desk.get(f"{DESK}{number}/")

    line = AccessRecord.objects.get(account_id=sari.pk, what="case")
    assert (line.actor_kind, line.actor_agency, line.actor_role) == ("staff", "loket", "help_desk")


def test_attack_staff_reading_without_a_case_gets_nothing(at_desk, sari, desk):
    number = steps.freeze(sari)
    Case.objects.update(closed_at=timezone.now())

    assert at_desk.get(f"{DESK}{number}/").status_code == 404
    assert at_desk.post(DESK, {"number": number}).status_code == 422
    assert not AccessRecord.objects.filter(what="case").exists()


def test_a_case_opens_no_other_person(sari, desk, at):
    from satupintu.dealings.protection import queries
    from satupintu.trust.accounts.tests.factories import AccountFactory

    number = steps.freeze(sari)

    assert queries.has_open_case(number, sari.pk)
    assert not queries.has_open_case(number, AccountFactory().pk)


def test_only_the_fraud_desk_and_stewards_see_which_cases_are_open(client, sari, desk):
    number = steps.freeze(sari)
    shown = f"{number[:4]} {number[4:]}"

    sign_in(client, desk[0])
    assert shown not in client.get(DESK).content.decode()
    for member in (StewardFactory(), StaffFactory(role="fraud_desk")):
        sign_in(client, member)
        html = client.get(DESK).content.decode()
        assert shown in html
        assert "S***" not in html


def test_freezing_for_a_caller_leads_to_the_case(at_desk, sari):
    page = at_desk.post(f"{DESK}freeze/", {"email": sari.email.upper()}, follow=True)

    assert page.status_code == 200
    assert steps.get_case().opened_by == "staff"
    sari.refresh_from_db()
    assert sari.frozen_at


def test_an_address_without_an_account_freezes_nobody(at_desk):
    assert at_desk.post(f"{DESK}freeze/", {"email": "siapa@surat.nusa"}).status_code == 422
    assert not Case.objects.exists()


def test_safety_26_one_of_the_desk_freezes_for_so_many_callers_a_day_and_learns_no_addresses(
    at_desk, sari
):
    for _ in range(40):
        assert at_desk.post(f"{DESK}freeze/", {"email": "x@surat.nusa"}).status_code == 422

    page = at_desk.post(f"{DESK}freeze/", {"email": sari.email})

    assert page.status_code == 422
    assert not Case.objects.exists()


def test_two_of_the_desk_on_their_pages(client, sari, desk):
    number = steps.freeze(sari)
    started = steps.start(number)
    sign_in(client, desk[0])
    case = f"{DESK}{number}/"
    wrong = client.post(case, {"screen_code": "AAAA AAAA"})
    assert wrong.status_code == 422
    assert "Sari Wulandari" not in wrong.content.decode()
    shown = client.post(case, {"screen_code": started.code.lower()})
    assert "Sari Wulandari" in shown.content.decode()
    said = {"screen_code": started.code, "seen": "yes", "reason": steps.REASON}
    assert client.post(case, said).status_code == 422, "neither paper nor word"
    weak = client.post(case, said | {"sure": "on", "paper": "without_photo"})
    assert weak.status_code == 422
    assert not Proposal.objects.exists()
    client.post(case, said | {"sure": "on", "paper": "id_card"})
    proposal = Proposal.objects.get()
    client.post(reverse("staff:approve", args=[proposal.id]))
    assert Proposal.objects.get().outcome == ""

    sign_in(client, desk[1])
    html = client.get(reverse("staff:proposals")).content.decode()
    assert f"{number[:4]} {number[4:]}" in html
    client.post(reverse("staff:approve", args=[proposal.id]))
    assert Proposal.objects.get().outcome == "", "she has seen nobody yet"
    client.post(case, {"screen_code": started.code})
    client.post(reverse("staff:approve", args=[proposal.id]))

    assert Proposal.objects.get().outcome == "approved"
    steps.renew(started)


def test_another_agencys_desk_does_not_second(sari, desk):
    number = steps.freeze(sari)
    proposal_id = steps.propose(number, steps.start(number), desk[0])

    with pytest.raises(staff.NotYours):
        steps.approve(proposal_id, StaffFactory(role="help_desk"))


def test_a_page_of_another_role_is_refused_in_the_shell_of_staff(client):
    sign_in(client, StaffFactory(role="integrator"))

    page = client.get(DESK)

    assert page.status_code == 403
    html = page.content.decode()
    assert reverse("staff:sign_out") in html
    assert reverse("staff:home") in html
