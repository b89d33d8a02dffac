# SPDX-License-Identifier: Apache-2.0
"""What a person keeps of a permission (consent/receipts.py says where the fields come from)."""

import pytest
from django.urls import reverse
from django.utils import timezone

from satupintu.trust.consent.models import Consent
from satupintu.trust.signin.queries import get_subject

from .parties import read_id_token
from .test_take_back_permission import find, get_code, get_token, show, take_back

pytestmark = pytest.mark.django_db

FIELDS = {
    "receipt_metadata": {"schema_version", "receipt_id", "pii_principal_id"},
    "record_header": {"schema_version", "record_id", "pii_principal_id"},
    "pii_processing": {"privacy_notice", "language", "jurisdiction", "purposes"},
}
OF_A_PURPOSE = {
    "purpose",
    "purpose_type",
    "lawful_basis",
    "pii_information",
    "pii_controllers",
    "collection_method",
    "processing_method",
    "storage_locations",
    "retention_period",
    "recipient_third_parties",
    "withdrawal_method",
    "privacy_rights",
}
OF_A_PARTY = {"party_id", "party_name", "party_role", "party_type", "party_url", "party_contact"}
OF_AN_EVENT = {"event_time", "event_type", "event_state", "entity_id"}


def download(person, attribute="email"):
    row = Consent.objects.get(account_id=person.account.pk, attribute=attribute)
    response = person.browser.get(reverse("consent:receipt_file", args=[row.id]))
    assert response.headers["Content-Type"] == "application/json"
    assert "no-store" in response.headers["Cache-Control"]
    return response.json()


def test_the_receipt_has_every_field_of_the_structure_and_none_is_empty(person, party):
    get_token(person, party)

    receipt = download(person)

    parts = [(receipt[part], names) for part, names in FIELDS.items()]
    parts += [(purpose, OF_A_PURPOSE) for purpose in receipt["pii_processing"]["purposes"]]
    parts += [(each, OF_A_PARTY) for each in receipt["party_identification"]]
    parts += [(event, OF_AN_EVENT) for event in receipt["events"]]
    for content, names in parts:
        assert names <= set(content)
        assert all(content[name] for name in names), content
    [data] = receipt["pii_processing"]["purposes"][0]["pii_information"]
    assert data["pii_type"] == "pd:EmailAddress"
    assert data["sensitive_pii_category"] is False
    assert {each["party_id"] for each in receipt["party_identification"]} == set(
        receipt["pii_processing"]["purposes"][0]["pii_controllers"]
    )


def test_the_receipt_names_the_person_as_that_sector_knows_her_and_in_no_other_way(person, party):
    code = get_code(person, party)
    subject = read_id_token(person.browser, party.exchange(person.browser, code))["sub"]

    receipt = download(person)

    assert receipt["record_header"]["pii_principal_id"] == subject
    assert str(person.account.pk) not in str(receipt)
    assert person.account.email not in str(receipt)
    assert get_subject(account_id=person.account.pk, sector="another") is None


def test_the_receipts_events_tell_what_has_become_of_it(person, party):
    get_token(person, party)
    assert [event["event_state"] for event in download(person)["events"]] == ["dpv:ConsentGiven"]

    take_back(person, "email")

    events = download(person)["events"]
    assert [event["event_state"] for event in events] == [
        "dpv:ConsentGiven",
        "dpv:ConsentWithdrawn",
    ]
    assert events[1]["withdrawn_by"] == "person"


def test_the_receipts_events_tell_that_it_ran_out(person, party):
    get_token(person, party)
    Consent.objects.update(ends_at=timezone.now())

    assert download(person)["events"][-1]["event_state"] == "dpv:ConsentExpired"


def test_the_receipts_page_says_the_same_in_words(person, party):
    get_token(person, party)

    html = show(person, "consent:receipt", find(person, "email").id)

    assert "Receipt of a permission" in html
    assert "Your e-mail address" in html
    assert "UU 27/2022, Pasal 20 ayat (2) huruf a" in html
    assert get_subject(account_id=person.account.pk, sector=party.client.agency.sector) in html
