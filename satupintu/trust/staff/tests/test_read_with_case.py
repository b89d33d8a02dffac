# SPDX-License-Identifier: Apache-2.0
import pytest
from django.utils import timezone

from satupintu.foundation.audit.actions import Words
from satupintu.foundation.audit.models import AccessRecord
from satupintu.foundation.ids import new_id
from satupintu.trust.agencies.tests.factories import AgencyFactory
from satupintu.trust.staff import actions
from satupintu.trust.staff.actions import touch
from satupintu.trust.staff.models import StaffMember

from .factories import StaffFactory

pytestmark = pytest.mark.django_db
SARI, SLAMET = new_id(), new_id()


@pytest.fixture
def rina():
    return StaffFactory(agency=AgencyFactory(slug="tax"), role="help_desk", full_name="Rina")


@pytest.fixture
def cases(monkeypatch):
    """A part that keeps one case, of one person."""
    source = {"tests": lambda case, account_id: (case, account_id) == ("C-1", SARI)}
    monkeypatch.setattr(touch, "_case_sources", source)


def read(rina, case, account_id=SARI):
    return actions.record_reading(
        account_id=account_id,
        by=rina.id,
        case=case,
        what="profile",
        purpose_code="help",
        words=Words(id="melihat data Anda", en="saw your details"),
        legal_basis="UU 27/2022, art. 20",
        at=timezone.now(),
    )


def test_reading_with_a_case_is_logged_by_agency_and_role(cases, rina):
    read(rina, "C-1")

    line = AccessRecord.objects.get()
    assert (line.account_id, line.actor_kind) == (SARI, "staff")
    assert (line.actor_agency, line.actor_role) == ("tax", "help_desk")


@pytest.mark.parametrize("case", ["", "  ", "C-2", "c-1"])
def test_attack_staff_reading_without_a_case_is_refused(cases, rina, case):
    with pytest.raises(actions.CaseNeeded):
        read(rina, case)

    assert not AccessRecord.objects.exists()


def test_attack_one_persons_case_opens_nobody_else(cases, rina):
    with pytest.raises(actions.CaseNeeded):
        read(rina, "C-1", account_id=SLAMET)


def test_while_nobody_keeps_cases_nobody_reads(rina, monkeypatch):
    monkeypatch.setattr(touch, "_case_sources", {})

    with pytest.raises(actions.CaseNeeded):
        read(rina, "C-1")


def test_a_leaver_reads_nothing_with_an_old_case(cases, rina):
    StaffMember.objects.update(left_at=timezone.now())

    with pytest.raises(actions.NotYours):
        read(rina, "C-1")
