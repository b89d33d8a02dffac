# SPDX-License-Identifier: Apache-2.0
"""Short words for what the tests do over and over."""

from dataclasses import replace

from allauth.mfa.models import Authenticator
from django.utils import timezone

from satupintu.dealings.protection import actions
from satupintu.dealings.protection.models import Case, FrozenLink
from satupintu.foundation.ids import new_id
from satupintu.trust.accounts import actions as accounts
from satupintu.trust.accounts.queries import Origin
from satupintu.trust.identity.queries import Paper
from satupintu.trust.staff import actions as staff
from satupintu.trust.staff.models import Proposal

REASON = "Her face and her card are of one person."
NEW_PASSWORD = "sembilan layar di teluk biru"
NEW_EMAIL = "sari.baru@surat.nusa"


def freeze(account, at=None, by=None):
    return actions.freeze(
        account_id=account.pk,
        by=by.id if by else None,
        origin=Origin(),
        at=at or timezone.now(),
    )


def start(number, at=None):
    return actions.start_restoration(number=number, origin=Origin(), at=at or timezone.now())


def look(number, started, by, at=None):
    """She stands before a member of staff, with the code on her screen; answers the name shown."""
    return actions.look_at_person(
        number=number, screen_code=started.code, by=by.id, at=at or timezone.now()
    )


def propose(number, started, by, at=None, paper=Paper.ID_CARD):
    at = at or timezone.now()
    look(number, started, by, at)
    actions.propose_restoration(
        number=number, screen_code=started.code, paper=paper, reason=REASON, by=by.id, at=at
    )
    return Proposal.objects.get(outcome="").id


def approve(proposal_id, by, at=None):
    staff.approve(proposal_id=proposal_id, by=by.id, at=at or timezone.now())


def restore(number, desk, at=None):
    """Two of the desk agree about a fresh browser; answers the browser."""
    started = start(number, at)
    proposal_id = propose(number, started, desk[0], at)
    look(number, started, desk[1], at)
    approve(proposal_id, desk[1], at)
    return started


def confirm_address(at, email=NEW_EMAIL):
    """An address whose code was typed."""
    pending = accounts.start_renewal(email=email, language="id", origin=Origin(), at=at)
    return replace(pending, confirmed_at=at.timestamp())


def renew(started, at=None, password=NEW_PASSWORD, secret=None, email=NEW_EMAIL):
    at = at or timezone.now()
    return actions.renew(
        account_id=started.account_id,
        restoration_id=started.restoration_id,
        secret=started.secret if secret is None else secret,
        pending=confirm_address(at, email),
        typed=password,
        origin=Origin(),
        at=at,
    )


def tell_all(at=None):
    """What the worker does with every link of which its agency has not heard."""
    for line in FrozenLink.objects.filter(heard_at=None):
        actions.tell_agency(
            account_id=line.account_id, frozen_link_id=line.id, at=at or timezone.now()
        )


def add_second_factor(account):
    Authenticator.objects.create(user_id=account.pk, type=Authenticator.Type.TOTP, data={})


def pause(account, at):
    """By a code from a letter to her old mailbox."""
    code = accounts.make_pause_code(account_id=account.pk, origin="guard", about=new_id(), at=at)
    accounts.use_pause_code(typed=code, origin=Origin(), at=at)


def get_case():
    return Case.objects.get()
