# SPDX-License-Identifier: Apache-2.0
"""Stop everything at one moment, and open a case."""

from datetime import datetime, timedelta
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils import translation
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from satupintu.dealings.linking import actions as linking
from satupintu.dealings.protection import rules
from satupintu.dealings.protection.models import Case, FrozenLink, Restoration
from satupintu.dealings.protection.queries import group_number
from satupintu.foundation import crypto
from satupintu.foundation.audit import actions as audit
from satupintu.foundation.errors import Refusal
from satupintu.foundation.throttle import actions as throttle
from satupintu.trust.accounts import actions as accounts
from satupintu.trust.accounts import queries as people
from satupintu.trust.rulebook import queries as rulebook
from satupintu.trust.signin import actions as signin
from satupintu.trust.staff import actions as staff

from .tell import defer_telling

LEGAL_BASIS = "UU 27/2022, art. 35"
FROZEN_FOR_CALLER = audit.Words(
    id="membekukan akun Anda atas permintaan lewat telepon atau di loket, untuk melindunginya",
    en="froze your account when asked by telephone or at a counter, to protect it",
)


class TooManyCallers(Refusal):
    code = "too_many_callers"
    message = _(
        "You have frozen accounts for as many callers as one may in a day. Ask a colleague."
    )
    status = 429


def freeze_for_caller(*, email: str, by: UUID, at: datetime) -> str:
    """What the desk does for somebody who calls; answers the number of the case.

    Counted before the address is looked up, those that are none too: nobody learns here, one by
    one, who has an account. Raises TooManyCallers, or what `freeze` does.
    """
    counted = throttle.count_attempt(
        scope="protection.callers", key=str(by), window=timedelta(days=1), at=at
    )
    if counted.count > rulebook.get_integer("protection.callers_a_day", at=at):
        raise TooManyCallers
    account_id = accounts.find_account(email=email)
    return freeze(account_id=account_id, by=by, origin=people.Origin(), at=at)


@transaction.atomic
def freeze(*, account_id: UUID, by: UUID | None, origin: people.Origin, at: datetime) -> str:
    """Freeze an account and every link of it; answers the number of the case.

    `by` is the member of staff who does it for a caller. A second time, from another tab or by
    the help desk, changes nothing and answers the same number. Payments, health cover and
    appointments are never touched (safety rule 11). Raises UnknownAccount, or NotYours for staff
    who are not in office.
    """
    is_new = accounts.freeze_account(account_id=account_id, origin=origin, at=at)
    case = Case.objects.filter(account_id=account_id, closed_at=None).first()
    if case is not None and not is_new:
        return case.number
    if case is None:
        case = _open(account_id, by=by, at=at)
    else:
        # Frozen again before all was decided: what was proved meanwhile counts for nothing, and
        # a case that was closed since it was read is open again.
        Case.objects.filter(account_id=account_id, id=case.id).update(
            shown_at=None,
            proved_at=None,
            renewed_at=None,
            closed_at=None,
            due_at=at + rulebook.get_duration("protection.case_lifetime", at=at),
        )
        Restoration.objects.filter(account_id=account_id, case_id=case.id).delete()
    # Beyond the sessions: whatever any agency still holds in her name.
    signin.revoke_sign_ins(account_id=account_id, agency_slug=None, at=at)
    for link in linking.freeze_links(account_id=account_id, at=at):
        line, _made = FrozenLink.objects.update_or_create(
            account_id=account_id,
            case_id=case.id,
            link_id=link.id,
            defaults={
                "agency": link.agency,
                "outcome": "",
                "changed_at": at,
                "heard_at": None,
                "freeze_heard_at": None,
            },
        )
        defer_telling(line)
    if by is not None:
        staff.record_act(
            account_id=account_id,
            by=by,
            what="account.frozen",
            purpose_code="account_protection",
            words=FROZEN_FOR_CALLER,
            legal_basis=LEGAL_BASIS,
            at=at,
        )
    _tell_person(account_id, case.number)
    return case.number


def _open(account_id: UUID, *, by: UUID | None, at: datetime) -> Case:
    while True:
        try:
            with transaction.atomic():
                return Case.objects.create(
                    account_id=account_id,
                    number=crypto.new_code(length=rules.NUMBER_LENGTH),
                    opened_by=Case.OpenedBy.STAFF if by else Case.OpenedBy.PERSON,
                    opened_at=at,
                    due_at=at + rulebook.get_duration("protection.case_lifetime", at=at),
                )
        except IntegrityError:
            # The account is held, so it has no other open case: the number is taken.
            continue


def _tell_person(account_id: UUID, number: str) -> None:
    contact = people.get_contact(account_id=account_id)
    if contact is None:
        return
    with translation.override(contact.language):
        accounts.queue_mail(
            to=contact.email,
            subject=gettext("Your account is frozen"),
            body="\n\n".join(
                (
                    gettext(
                        "Somebody said that it was not you in your account. It is frozen now: "
                        "nobody gets in, and no agency gives anything through it."
                    ),
                    gettext(
                        "Payments to an account already in use, health cover and appointments go on."
                    ),
                    gettext("The number of your case: %(number)s. It opens nothing.")
                    % {"number": group_number(number)},
                    gettext(
                        "To get your account back, go to an office of any agency with your "
                        "identity card and your phone, and type the address of Satu Pintu yourself."
                    ),
                    "Satu Pintu",
                )
            )
            + "\n",
        )
