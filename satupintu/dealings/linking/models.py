# SPDX-License-Identifier: Apache-2.0
from django.db import models

from satupintu.foundation.ids import new_id

from .rules import Marks, State

_LIVE = [State.PENDING.value, State.ACTIVE.value]


class LinkAttempt(models.Model):
    """A proof in progress: at most one for a person and an agency, gone within the hour.

    A new proof takes the place of the old one under a new id, so a page that was shown for the
    old one cannot confirm the new one. What the agency told us is encrypted, because a masked
    contact beside an account already says something about a person.
    """

    pk = models.CompositePrimaryKey("account_id", "id")
    account_id = models.UUIDField()
    id = models.UUIDField(default=new_id, editable=False)
    agency = models.CharField(max_length=60)  # a slug
    route = models.CharField(max_length=20)
    started_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    # Set by the questions: where the agency sent the code, masked by the agency.
    sent_channel = models.CharField(max_length=10, blank=True)
    sent_masked_encrypted = models.TextField(blank=True)
    # Set by a code that fits.
    match_id_encrypted = models.TextField(blank=True)
    record_ref_encrypted = models.TextField(blank=True)
    record_hint_encrypted = models.TextField(blank=True)

    class Meta:
        db_table = "linking_attempt"
        constraints = [
            # Two tabs must not leave two proofs, one of them forgotten and still good.
            models.UniqueConstraint(name="attempt_one_per_agency", fields=["account_id", "agency"]),
            # Half a match would confirm a record nobody named.
            models.CheckConstraint(
                name="attempt_match_is_whole",
                condition=models.Q(
                    match_id_encrypted="", record_ref_encrypted="", record_hint_encrypted=""
                )
                | (
                    ~models.Q(match_id_encrypted="")
                    & ~models.Q(record_ref_encrypted="")
                    & ~models.Q(record_hint_encrypted="")
                ),
            ),
        ]
        indexes = [models.Index(fields=["expires_at"], name="attempt_expiry")]

    def __str__(self) -> str:
        return f"{self.agency} {self.id}"

    @property
    def is_matched(self) -> bool:
        return bool(self.match_id_encrypted)


class Link(models.Model):
    """One person's account joined to one agency's record. Its id is its attempt's id, so that a
    confirmation that comes twice makes one link.

    The agency's reference to the record is encrypted: our database alone does not tell which
    record belongs to whom.
    """

    pk = models.CompositePrimaryKey("account_id", "id")
    account_id = models.UUIDField()
    id = models.UUIDField(default=new_id, editable=False)
    agency = models.CharField(max_length=60)  # a slug
    route = models.CharField(max_length=20)
    state = models.CharField(max_length=10)
    record_ref_encrypted = models.TextField()
    # Needed until the agency has confirmed, and emptied then.
    match_id_encrypted = models.TextField(blank=True)
    reserved_at = models.DateTimeField()
    linked_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    # An ended link stays on the list of untold ones until the agency has heard.
    agency_told_at = models.DateTimeField(null=True, blank=True)
    # Only one process at a time speaks with the agency about the end of a link.
    telling_until = models.DateTimeField(null=True, blank=True)
    # The record's own contact said that it was not her (safety rule 11): until then the agency
    # gives nothing by way of this link, and writes to her its earlier way.
    paused_until = models.DateTimeField(null=True, blank=True)
    # Until then its owner has time to say that it was not her (safety rule 9).
    provisional_until = models.DateTimeField(null=True, blank=True)
    # Somebody proved more strongly that the record is hers (safety rule 10).
    held_at = models.DateTimeField(null=True, blank=True)
    # The person said "this was not me": until she takes this link back, or ends it.
    frozen_at = models.DateTimeField(null=True, blank=True)
    # How well we knew the person when she linked (IP0 to IP3): what undoing takes.
    identity_level = models.PositiveSmallIntegerField(default=0, db_default=0)

    class Meta:
        db_table = "linking_link"
        constraints = [
            # Two records of one agency in one account would mix two people's lives.
            models.UniqueConstraint(
                name="link_one_live_per_agency",
                fields=["account_id", "agency"],
                condition=models.Q(state__in=_LIVE),
            ),
            # What a person reads about her link ("since", "until") is always whole.
            models.CheckConstraint(
                name="link_state_is_whole",
                condition=models.Q(state="pending", linked_at__isnull=True, ended_at__isnull=True)
                | models.Q(
                    state="active",
                    linked_at__isnull=False,
                    ended_at__isnull=True,
                    match_id_encrypted="",
                )
                | models.Q(state="ended", ended_at__isnull=False, match_id_encrypted=""),
            ),
        ]
        indexes = [
            # The two lists of the background: not finished, and not told.
            models.Index(
                fields=["reserved_at"],
                name="link_pending",
                condition=models.Q(state="pending"),
            ),
            models.Index(
                fields=["ended_at"],
                name="link_untold",
                condition=models.Q(state="ended", agency_told_at__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.agency} {self.state} {self.id}"

    @property
    def marks(self) -> Marks:
        return Marks(
            provisional_until=self.provisional_until,
            held_at=self.held_at,
            paused_until=self.paused_until,
            frozen_at=self.frozen_at,
        )


class Notice(models.Model):
    """What the owner of a record must be told, through the contact that the agency holds.

    Written in the transaction that makes it true, and kept until the agency has taken it. The
    pause code is encrypted, and emptied then.
    """

    pk = models.CompositePrimaryKey("account_id", "id")
    account_id = models.UUIDField()
    id = models.UUIDField(default=new_id, editable=False)
    link_id = models.UUIDField()
    agency = models.CharField(max_length=60)  # a slug
    kind = models.CharField(max_length=20)
    pause_code_encrypted = models.TextField(blank=True)
    made_at = models.DateTimeField()
    taken_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        db_table = "linking_notice"
        constraints = [
            # A code that was passed on is nobody's to read here any more.
            models.CheckConstraint(
                name="notice_keeps_no_code_once_taken",
                condition=models.Q(taken_at__isnull=True) | models.Q(pause_code_encrypted=""),
            ),
        ]
        indexes = [
            models.Index(
                fields=["made_at"],
                name="notice_not_taken",
                condition=models.Q(taken_at__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.agency} {self.kind} {self.id}"


class RecordHolder(models.Model):
    """Which account holds a record now, or is about to. Led by the record, not by the person:
    its key is the question "does anybody hold this one?", asked without a look at accounts.

    `record_hash` is a keyed hash: the table tells nobody which record it is.
    """

    # The true owner's protection: whoever comes second, even a moment later, is refused.
    pk = models.CompositePrimaryKey("agency", "record_hash")
    agency = models.CharField(max_length=60)
    record_hash = models.CharField(max_length=64)
    account_id = models.UUIDField()
    link_id = models.UUIDField()

    class Meta:
        db_table = "linking_record_holder"
        constraints = [
            # The same rule as link_one_live_per_agency, held where the record is: an account that
            # holds two records of one agency would get somebody else's letters.
            models.UniqueConstraint(
                name="holder_one_record_per_agency", fields=["agency", "account_id"]
            ),
        ]

    def __str__(self) -> str:
        return f"{self.agency} {self.link_id}"
