# SPDX-License-Identifier: Apache-2.0
"""`satupintu staff`: the operator's way to the first steward, and out of a locked door."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError, no_translations
from django.core.validators import validate_email
from django.forms import ValidationError
from django.utils import timezone

from satupintu.foundation.errors import Refusal
from satupintu.trust.staff import actions, queries, rules


class Command(BaseCommand):
    help = "Invite staff, list them, confirm or end their access."

    def add_arguments(self, parser: ArgumentParser) -> None:
        commands = parser.add_subparsers(
            dest="command", required=True, metavar="invite|again|list|confirm|end"
        )
        invite = commands.add_parser("invite", help="take somebody on and print her way in")
        invite.add_argument("email")
        invite.add_argument("--name", required=True, help="her full name")
        invite.add_argument("--role", required=True, choices=rules.ROLES)
        invite.add_argument("--agency", default="", help="its slug; none for a steward")
        again = commands.add_parser("again", help="a new way in for somebody who lost hers")
        again.add_argument("email")
        commands.add_parser("list", help="everybody in office, and where their review stands")
        confirm = commands.add_parser("confirm", help="say that somebody still needs her access")
        confirm.add_argument("email")
        end = commands.add_parser("end", help="end somebody's access at once")
        end.add_argument("email")

    @no_translations
    def handle(self, *_: Any, **options: Any) -> None:
        try:
            getattr(self, f"_{options['command']}")(**options)
        except Refusal as refusal:
            raise CommandError(str(refusal)) from refusal

    def _invite(self, *, email: str, name: str, role: str, agency: str, **_: Any) -> None:
        try:
            validate_email(email)
        except ValidationError as error:
            raise CommandError(f"{email} is no e-mail address.") from error
        link = actions.invite_member(
            email=email, full_name=name, role=role, agency_slug=agency, by=None, at=timezone.now()
        )
        self.stdout.write(f"Mailed to {email}. It works once:\n{link}")

    def _again(self, *, email: str, **_: Any) -> None:
        link = actions.invite_again(email=email, by=None, at=timezone.now())
        self.stdout.write(f"Mailed to {email}. It works once:\n{link}")

    def _list(self, **_: Any) -> None:
        for card in queries.list_members(at=timezone.now()):
            agency = card.agency_slug or "-"
            self.stdout.write(f"{card.email}  {card.role}  {agency}  {card.review.value}")

    def _confirm(self, *, email: str, **_: Any) -> None:
        actions.confirm_member(member_id=_find(email), by=None, at=timezone.now())
        self.stdout.write(f"{email} is confirmed.")

    def _end(self, *, email: str, **_: Any) -> None:
        actions.end_member(member_id=_find(email), by=None, at=timezone.now())
        self.stdout.write(f"{email} no longer has access.")


def _find(email: str) -> Any:
    for card in queries.list_members(at=timezone.now()):
        if card.email == email.lower():
            return card.id
    raise actions.UnknownMember
