# SPDX-License-Identifier: Apache-2.0
"""A frozen link gives its agency nothing. It is neither ended nor moved: its record stays hers."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from satupintu.dealings.linking.models import Link
from satupintu.dealings.linking.rules import State
from satupintu.foundation.errors import Refusal


class LinkNotFrozen(Refusal):
    code = "link_not_frozen"
    message = _("This link is not frozen, or not any more.")
    status = 409


@dataclass(frozen=True)
class Frozen:
    """A link that is frozen now."""

    id: UUID
    agency: str


def freeze_links(*, account_id: UUID, at: datetime) -> tuple[Frozen, ...]:
    """Freeze every link of a person that is joined, in the caller's transaction, which holds her
    account: no link is joined meanwhile. Answers all that are frozen, from before too."""
    joined = Link.objects.filter(account_id=account_id, state=State.ACTIVE)
    joined.filter(frozen_at=None).update(frozen_at=at)
    return tuple(
        Frozen(id=link_id, agency=agency)
        for link_id, agency in joined.order_by("reserved_at").values_list("id", "agency")
    )


def thaw_link(*, account_id: UUID, link_id: UUID) -> None:
    """The link gives again what it gave before; what else stops it (a hold, a pause) still does.
    Raises LinkNotFrozen."""
    if not Link.objects.filter(
        account_id=account_id, id=link_id, state=State.ACTIVE, frozen_at__isnull=False
    ).update(frozen_at=None):
        raise LinkNotFrozen
