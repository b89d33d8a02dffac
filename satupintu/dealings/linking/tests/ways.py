# SPDX-License-Identifier: Apache-2.0
"""Short words for what the tests do over and over."""

from django.utils import timezone

from satupintu.dealings.linking import actions, queries
from satupintu.dealings.linking.models import Link, LinkAttempt, RecordHolder

SARIS_CODE = "K7PM 2XRD 94QT"
BUDIS_CODE = "B3ND 8WCK 55HJ"
WRONG_CODE = "0000 0000 0000"


def enter(account, code=SARIS_CODE, *, agency="pajak", device="phone", at=None):
    return actions.enter_code(
        account_id=account.id,
        device_key=device,
        agency_slug=agency,
        code=code,
        at=at or timezone.now(),
    )


def confirm(account, attempt_id, *, agency="pajak", device="phone", at=None):
    actions.confirm_link(
        account_id=account.id,
        device_key=device,
        agency_slug=agency,
        attempt_id=attempt_id,
        at=at or timezone.now(),
    )


def link(account, code=SARIS_CODE, *, agency="pajak", at=None):
    attempt_id = enter(account, code, agency=agency, at=at)
    confirm(account, attempt_id, agency=agency, at=at)
    return attempt_id


def enquire(account, answers, *, agency="pajak", device="phone", at=None):
    actions.send_enquiry(
        account_id=account.id,
        device_key=device,
        agency_slug=agency,
        answers=answers,
        language="id",
        at=at or timezone.now(),
    )


def unlink(account, *, agency="pajak", at=None):
    actions.unlink(account_id=account.id, agency_slug=agency, at=at or timezone.now())


def has_link(account, *, agency="pajak"):
    """Whether a record of this agency is joined to this account now."""
    return bool(queries.get_standing(account_id=account.id, agency_slug=agency, at=timezone.now()))


def count_rows():
    """What is there of links, proofs and reserved records."""
    return Link.objects.count(), LinkAttempt.objects.count(), RecordHolder.objects.count()


def tell_agencies(at=None):
    """What the worker does with every link that has ended."""
    for row in Link.objects.filter(state="ended", agency_told_at=None):
        actions.tell_agency(account_id=row.account_id, link_id=row.id, at=at or timezone.now())
