# SPDX-License-Identifier: Apache-2.0
"""A consent as a receipt that a person keeps.

The structure is that of ISO/IEC TS 27560:2023, clause 6: header (6.3.3), processing (6.3.4), data
(6.3.5), parties (6.3.6), events (6.3.7) and the receipt's own metadata (6.4.5). The text of the
standard is sold. Section numbers were checked against public descriptions of it; field names are
modelled on those, above all "Consent Records and Receipts as per ISO/IEC TS 27560:2023 using DPV"
of W3C's Data Privacy Vocabularies group (https://w3id.org/dpv/guides/consent-27560), and were
compared neither line by line with that guide nor with the paid text. Ours are: that the receipt's
id is the record's, that the principal is named by the pairwise subject of the agency's sector
(design rule 1), and `withdrawn_by` in an event. Terms with a prefix (`dpv:`, `pd:`) are of that
vocabulary.
"""

from typing import Any
from uuid import UUID

from django.conf import settings
from django.urls import reverse
from django.utils.translation import get_language

from .attributes import Words
from .queries import ConsentCard, State, get_pseudonym

SCHEMA = "ISO/IEC TS 27560:2023"
PORTAL = "satupintu"


def make_receipt(consent: ConsentCard, *, account_id: UUID) -> dict[str, Any]:
    """Nothing in it names the person to anybody but the agency's own sector."""
    sector = consent.agency.sector if consent.agency else ""
    subject = get_pseudonym(account_id=account_id, sector=sector)
    return {
        "receipt_metadata": {
            "schema_version": SCHEMA,
            "receipt_id": str(consent.id),
            # An agency that was never told a name for her has none.
            "pii_principal_id": subject,
        },
        "record_header": {
            "schema_version": SCHEMA,
            "record_id": str(consent.id),
            "pii_principal_id": subject,
        },
        "pii_processing": {
            "privacy_notice": _address("home:privacy"),
            "privacy_notice_version": consent.words_version,
            "language": get_language() or "id",
            "jurisdiction": settings.COUNTRY_NAME,
            "purposes": [_describe_purpose(consent)],
        },
        "party_identification": _list_parties(consent),
        "events": _list_events(consent),
    }


def _describe_purpose(consent: ConsentCard) -> dict[str, Any]:
    return {
        "purpose": _both(consent.what_for),
        "purpose_type": consent.purpose,
        "lawful_basis": consent.legal_basis,
        "pii_information": [
            {
                "pii_type": consent.category,
                "pii_attribute_id": consent.attribute,
                "description": _both(consent.what),
                "sensitive_pii_category": consent.is_specific,
            }
        ],
        "pii_controllers": [PORTAL, consent.agency_slug],
        "collection_method": "dpv:CollectedFromDataSubject",
        "processing_method": ["dpv:Disclose"],
        "storage_locations": [settings.COUNTRY_NAME],
        "retention_period": {"until": _moment(consent.ends_at)},
        "recipient_third_parties": [consent.agency_slug],
        "withdrawal_method": _address("consent:withdraw", consent.id),
        "privacy_rights": _address("consent:list"),
    }


def _list_parties(consent: ConsentCard) -> list[dict[str, Any]]:
    agency = consent.agency
    return [
        {
            "party_id": PORTAL,
            "party_name": "Satu Pintu",
            "party_role": "dpv:DataController",
            "party_type": "dpv:GovernmentalOrganisation",
            "party_url": settings.PUBLIC_URL,
            "party_contact": _address("home:help"),
        },
        {
            "party_id": consent.agency_slug,
            "party_name": {"id": agency.name_id, "en": agency.name_en}
            if agency
            else consent.agency_slug,
            "party_role": "dpv:DataController",
            "party_type": "dpv:GovernmentalOrganisation",
            "party_url": agency.site_url if agency else None,
            "party_contact": agency.site_url if agency else None,
        },
    ]


def _list_events(consent: ConsentCard) -> list[dict[str, Any]]:
    events = [
        {
            "event_time": _moment(consent.given_at),
            "event_type": "dpv:ExplicitlyExpressedConsent",
            "event_state": "dpv:ConsentGiven",
            "validity_duration": {"until": _moment(consent.ends_at)},
            "entity_id": "pii_principal",
            "authentication_level": f"AL{consent.level}" if consent.level else None,
        }
    ]
    if consent.state is State.WITHDRAWN:
        events.append(
            {
                "event_time": _moment(consent.ended_at),
                "event_type": "dpv:WithdrawConsent",
                "event_state": "dpv:ConsentWithdrawn",
                "entity_id": "pii_principal",
                "withdrawn_by": consent.ended_by or None,
            }
        )
    if consent.state is State.EXPIRED:
        events.append(
            {
                "event_time": _moment(consent.ends_at),
                "event_type": "expiry",
                "event_state": "dpv:ConsentExpired",
                "entity_id": PORTAL,
            }
        )
    return events


def _both(words: Words) -> dict[str, str]:
    return {"id": words.id, "en": words.en}


def _moment(at: Any) -> str | None:
    return at.isoformat(timespec="seconds") if at else None


def _address(name: str, *args: object) -> str:
    return f"{settings.PUBLIC_URL}{reverse(name, args=args)}"
