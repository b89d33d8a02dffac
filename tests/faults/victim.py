# SPDX-License-Identifier: Apache-2.0
"""Kirana, who has one of everything, each with a word that is nowhere else: where such a word
is on somebody else's page, her data is."""

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from allauth.mfa.models import Authenticator
from django.apps import apps
from django.db.models import Model
from django.test import Client
from django.utils import timezone

from satupintu.dealings.inbox.models import Document, Message
from satupintu.dealings.inbox.tests.factories import make_pdf, make_subject
from satupintu.dealings.linking.models import Link, LinkAttempt
from satupintu.dealings.protection.models import Case, FrozenLink
from satupintu.dealings.questions.models import Question
from satupintu.foundation import crypto
from satupintu.foundation.audit import actions as audit
from satupintu.foundation.audit.tests.logs import look
from satupintu.trust.accounts.models import Account
from satupintu.trust.accounts.tests.factories import AccountFactory, sign_in
from satupintu.trust.agencies.models import Agency
from satupintu.trust.agencies.tests.factories import AgencyFactory, ClientFactory
from satupintu.trust.consent import actions as consent
from satupintu.trust.consent.models import Consent
from satupintu.trust.identity import actions as identity
from satupintu.trust.identity.models import AttestationReview, Attester, Community
from satupintu.trust.identity.rules import Method
from satupintu.trust.staff import actions as staff
from satupintu.trust.staff.models import (
    Proposal,
    StaffMember,
    StaffPasskey,
    StaffSession,
    Suspension,
)
from satupintu.trust.staff.tests.factories import StaffFactory

CASE = "KASUSKIRANA1"
EMAIL = "kirana.asli@surat.nusa"
# Each is seen by Kirana herself on one page or another.
HER_WORDS = (
    "Kirana Asli",
    EMAIL,
    "Surat-Kirana",
    "Isi-surat-Kirana",
    "berkas-kirana.pdf",
    "Peramban-Kirana",
    "Ponsel-Kirana",
    "alasan-Kirana",
    "pertanyaan-Kirana",
    "K*** A***",
)
THEIR_WORDS = ("Petugas-Rahasia", "petugas.rahasia@kantor.nusa", "sebab-usulan", "sebab-tutup")


@dataclass(frozen=True)
class Victim:
    """Her account, and the ids by which the URL table knows what is hers."""

    account: Account
    agency: Agency
    subject: str
    message_id: UUID
    session_id: UUID
    passkey_id: int
    consent_id: UUID
    proofing_id: UUID
    access_id: UUID
    attempt_id: UUID
    question_id: UUID
    review_id: UUID
    attester_id: UUID
    case_number: str
    frozen_link_id: UUID
    # Staff of her agency, and what they are about to do.
    member: StaffMember
    staff_passkey_id: UUID
    proposal_id: UUID
    suspension_id: UUID

    def take_picture(self) -> dict[str, list]:
        """Every row of every table that is hers, to compare before with after."""
        picture = {
            model._meta.db_table: sorted(
                map(str, model.objects.filter(account_id=self.account.pk).values_list())
            )
            for model in list_keyed_tables()
        }
        picture["account"] = list(Account.objects.filter(pk=self.account.pk).values_list())
        picture["authenticators"] = list(
            Authenticator.objects.filter(user_id=self.account.pk).values_list()
        )
        return picture

    def take_staff_picture(self) -> dict[str, list]:
        """The rows of the staff of her agency."""
        return {
            "member": list(StaffMember.objects.filter(pk=self.member.pk).values_list()),
            "sessions": list(StaffSession.objects.filter(member=self.member).values_list()),
            "passkeys": list(StaffPasskey.objects.filter(member=self.member).values_list()),
            "proposal": list(Proposal.objects.filter(pk=self.proposal_id).values_list()),
            "suspension": list(Suspension.objects.filter(pk=self.suspension_id).values_list()),
        }


def list_keyed_tables() -> list[type[Model]]:
    """Every table that knows whose a row is."""
    return [
        model
        for model in apps.get_models()
        if any(column.name == "account_id" for column in model._meta.concrete_fields)
    ]


def make_victim() -> Victim:
    at = timezone.now()
    agency = AgencyFactory(slug="pajak", name_id="Kantor Pajak Nusa", name_en="Nusa Tax Office")
    account = AccountFactory(email=EMAIL, full_name="Kirana Asli", language="en")
    session = sign_in(Client(), account)
    session.describe(device="Peramban-Kirana", network="36.81.x.x", at=at)
    session.save()
    passkey = Authenticator.objects.create(
        user=account,
        type=Authenticator.Type.WEBAUTHN,
        data={"name": "Ponsel-Kirana", "credential": {}},
    )
    message = _receive_letter(account, agency, at)
    consent.give_consent(
        account_id=account.pk,
        agency_slug=agency.slug,
        attributes=("identity_confirmed", "email"),
        purpose="signin",
        level=2,
        at=at,
    )
    evidence = identity.Evidence(
        method=Method.PROVIDER, level=2, by="nusaid", role="identity_provider", subject="n-1"
    )
    access = look(
        account_id=account.pk,
        at=at,
        words=audit.Words(id="melihat alasan-Kirana", en="saw alasan-Kirana"),
    )
    subject = make_subject(account=account, agency=agency.slug, sector=agency.sector)
    attempt = _start_attempt(account, at)
    proofing_id = identity.record_proofing(account_id=account.pk, evidence=evidence, at=at)
    return Victim(
        account=account,
        agency=agency,
        subject=subject,
        message_id=message.id,
        session_id=session.row.id,
        passkey_id=passkey.pk,
        consent_id=Consent.objects.get(account_id=account.pk, attribute="email").id,
        proofing_id=proofing_id,
        access_id=access,
        attempt_id=attempt.id,
        question_id=_ask_why(account, agency, access, at),
        review_id=AttestationReview.objects.create(
            account_id=account.pk,
            proofing_id=proofing_id,
            why="drawn",
            opened_at=at,
            due_at=at + timedelta(days=14),
        ).id,
        attester_id=_make_attester(at),
        case_number=CASE,
        frozen_link_id=_freeze(account, agency, at),
        **_make_staff(agency, at),
    )


def _receive_letter(account, agency, at) -> Message:
    message = Message.objects.create(
        account_id=account.pk,
        agency=agency.slug,
        title="Surat-Kirana",
        body="Isi-surat-Kirana",
        language="id",
        received_at=at,
        has_document=True,
    )
    content = make_pdf()
    Document.objects.create(
        account_id=account.pk,
        message_id=message.id,
        name="berkas-kirana.pdf",
        size=len(content),
        sha256="0" * 64,
        content=content,
    )
    return message


def _start_attempt(account, at) -> LinkAttempt:
    """She is in the middle of linking at another agency, with her record found."""
    AgencyFactory(slug="sehat", name_id="Jaminan Kesehatan", name_en="Health Insurance")
    return LinkAttempt.objects.create(
        account_id=account.pk,
        agency="sehat",
        route="code",
        started_at=at,
        expires_at=at + timedelta(hours=1),
        match_id_encrypted=crypto.encrypt("match"),
        record_ref_encrypted=crypto.encrypt("record"),
        record_hint_encrypted=crypto.encrypt("K*** A***"),
    )


def _ask_why(account, agency, access_id, at) -> UUID:
    """She asks her agency's staff why they looked."""
    return Question.objects.create(
        account_id=account.pk,
        access_id=access_id,
        agency=agency.slug,
        for_staff=True,
        text="pertanyaan-Kirana",
        asked_at=at,
        due_at=at + timedelta(days=3),
    ).id


def _freeze(account, agency, at) -> UUID:
    """It once was not her: a case that still has a link to decide about."""
    case = Case.objects.create(
        account_id=account.pk,
        number=CASE,
        opened_by="person",
        opened_at=at,
        due_at=at + timedelta(days=3),
        proved_at=at,
        renewed_at=at,
    )
    link_id = Link.objects.get(account_id=account.pk).id
    FrozenLink.objects.create(
        account_id=account.pk, case_id=case.id, link_id=link_id, agency=agency.slug, changed_at=at
    )
    return link_id


def _make_attester(at) -> UUID:
    community = Community.objects.create(slug="desa", name="Desa", registered_at=at)
    return Attester.objects.create(
        community=community, account_id=AccountFactory().pk, enrolled_at=at
    ).id


def _make_staff(agency, at) -> dict:
    member = StaffFactory(
        agency=agency,
        role="help_desk",
        full_name="Petugas-Rahasia",
        email="petugas.rahasia@kantor.nusa",
    )
    owner = StaffFactory(agency=agency)
    client = ClientFactory(agency=agency)
    suspension_id = staff.suspend(
        kind="client", target=client.client_id, reason="sebab-tutup", by=owner.pk, at=at
    )
    proposal = Proposal.objects.create(
        act=staff.LIFT,
        about=str(suspension_id),
        reason="sebab-usulan",
        agency_slug=agency.slug,
        proposed_by=member,
        proposed_at=at,
        expires_at=at + timedelta(days=1),
    )
    StaffSession.objects.create(key_hash="0" * 64, member=member, started_at=at, seen_at=at)
    passkey = StaffPasskey.objects.create(
        member=member, credential_id="k", credential="k", name="k", added_at=at
    )
    return {
        "member": member,
        "staff_passkey_id": passkey.id,
        "proposal_id": proposal.id,
        "suspension_id": suspension_id,
    }
