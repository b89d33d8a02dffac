# SPDX-License-Identifier: Apache-2.0
from django.db import models

from satupintu.foundation.ids import new_id


class AccessRecord(models.Model):
    """One read or release of one person's data by somebody else (rule 2 of the design).

    Rows are only ever added. Erasing (safety rule 20) takes the row away whole; its commitment
    stays in the tree, and an `Erasure` says that a leaf has lost its row.
    """

    pk = models.CompositePrimaryKey("account_id", "id")
    account_id = models.UUIDField()
    id = models.UUIDField(default=new_id, editable=False)
    at = models.DateTimeField()
    actor_kind = models.CharField(max_length=20)
    actor_agency = models.CharField(max_length=60, blank=True)
    actor_role = models.CharField(max_length=60, blank=True)
    on_behalf_of = models.UUIDField(null=True, blank=True)
    what = models.CharField(max_length=200)
    purpose_code = models.CharField(max_length=60)
    words_id = models.TextField()
    words_en = models.TextField()
    legal_basis = models.CharField(max_length=200)
    # Set while a `Seal` hides the row from its person (safety rule 19): then until when.
    sealed_until = models.DateTimeField(null=True, blank=True)
    # Both null only in rows that the release before this one writes during an upgrade; the
    # sequencer commits to those.
    salt = models.BinaryField(null=True)
    commitment = models.BinaryField(null=True)
    # Where its commitment stands in the tree; null until the sequencer took it.
    leaf_index = models.BigIntegerField(null=True)

    class Meta:
        db_table = "audit_access_record"
        indexes = [
            models.Index(fields=["account_id", "-at"], name="audit_access_by_person"),
            # What the sequencer has yet to take, in the order of ids.
            models.Index(
                fields=["id"], name="audit_access_waiting", condition=models.Q(leaf_index=None)
            ),
            # Few rows: for the public count.
            models.Index(
                fields=["at"],
                name="audit_access_sealed",
                condition=models.Q(sealed_until__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.purpose_code} {self.id}"


class Tree(models.Model):
    """How many leaves the log has. One row; whoever adds leaves holds its lock."""

    id = models.SmallIntegerField(primary_key=True, default=1)
    size = models.BigIntegerField(default=0)

    class Meta:
        db_table = "audit_tree"
        constraints = [
            # Two trees would let the operator show each person another one.
            models.CheckConstraint(name="audit_one_tree", condition=models.Q(id=1)),
            models.CheckConstraint(name="audit_tree_counts_up", condition=models.Q(size__gte=0)),
        ]

    def __str__(self) -> str:
        return f"tree of {self.size}"


class Tile(models.Model):
    """Up to 256 hashes of one height of the tree (see `merkle.Tiles`). Names nobody."""

    pk = models.CompositePrimaryKey("level", "number")
    level = models.SmallIntegerField()
    number = models.BigIntegerField()
    hashes = models.BinaryField()

    class Meta:
        db_table = "audit_tile"

    def __str__(self) -> str:
        return f"tile {self.number} of level {self.level}"


class Erasure(models.Model):
    """A leaf whose row was erased. Says nothing of whose it was."""

    leaf_index = models.BigIntegerField(primary_key=True)
    erased_at = models.DateTimeField()

    class Meta:
        db_table = "audit_erasure"

    def __str__(self) -> str:
        return f"leaf {self.leaf_index}"


class LogKey(models.Model):
    """An Ed25519 key that signs heads. The private part is encrypted at rest."""

    public_key = models.CharField(max_length=64, primary_key=True)  # hex
    private_key_encrypted = models.TextField()
    created_at = models.DateTimeField()
    retired_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        db_table = "audit_log_key"
        constraints = [
            # Two workers may make one at the same moment: one of them wins.
            models.UniqueConstraint(
                models.Value(1),
                name="audit_one_key_in_use",
                condition=models.Q(retired_at=None),
            ),
        ]

    def __str__(self) -> str:
        return self.public_key


class Handover(models.Model):
    """The last head that a retired key signed, which names the key after it. So whoever knows one
    key of the log can follow to the newest, and nobody else's key can slip in."""

    # The key that signed; it is handed over once.
    public_key = models.CharField(max_length=64, primary_key=True)
    next_key = models.CharField(max_length=64, unique=True)
    signed_at = models.DateTimeField()
    text = models.TextField()
    signature = models.CharField(max_length=128)

    class Meta:
        db_table = "audit_key_handover"

    def __str__(self) -> str:
        return f"{self.public_key} to {self.next_key}"


class Head(models.Model):
    """A signed head of the tree, and the witness's receipt for those that were lodged."""

    size = models.BigIntegerField(primary_key=True)
    root = models.CharField(max_length=64)  # hex
    signed_at = models.DateTimeField()
    text = models.TextField()
    public_key = models.CharField(max_length=64)
    signature = models.CharField(max_length=128)
    witnessed_at = models.DateTimeField(null=True, blank=True)
    receipt_text = models.TextField(blank=True)
    receipt_public_key = models.CharField(max_length=64, blank=True)
    receipt_signature = models.CharField(max_length=128, blank=True)

    class Meta:
        db_table = "audit_head"
        indexes = [
            models.Index(
                fields=["-size"],
                name="audit_head_witnessed",
                condition=models.Q(witnessed_at__isnull=False),
            ),
        ]
        constraints = [
            # A receipt is whole or there is none.
            models.CheckConstraint(
                name="audit_receipt_is_whole",
                condition=models.Q(
                    witnessed_at=None,
                    receipt_text="",
                    receipt_public_key="",
                    receipt_signature="",
                )
                | (
                    models.Q(witnessed_at__isnull=False)
                    & ~models.Q(receipt_text="")
                    & ~models.Q(receipt_public_key="")
                    & ~models.Q(receipt_signature="")
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"head of {self.size}"


class Seal(models.Model):
    """A decision that hides one agency's reads from their persons until a day (safety rule 19).

    Every condition of the rule is the table's own: no program can make a seal without them.
    """

    class Kind(models.TextChoices):
        INVESTIGATION = "investigation"
        CHILD_PROTECTION = "child_protection"
        WHISTLE_BLOWING = "whistle_blowing"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    agency = models.CharField(max_length=60)
    kind = models.CharField(max_length=30, choices=Kind)
    legal_basis = models.CharField(max_length=200)
    proposed_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    first_approver = models.UUIDField()
    second_approver = models.UUIDField(null=True, blank=True)
    approved_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        db_table = "audit_seal"
        constraints = [
            # Nobody is hidden from by whim: there is a law, and the kind is one that it names.
            models.CheckConstraint(
                name="audit_seal_has_a_law", condition=~models.Q(legal_basis__regex=r"^\s*$")
            ),
            models.CheckConstraint(
                name="audit_seal_is_of_a_known_kind",
                condition=models.Q(
                    kind__in=["investigation", "child_protection", "whistle_blowing"]
                ),
            ),
            # One person alone hides nothing.
            models.CheckConstraint(
                name="audit_seal_takes_two",
                condition=models.Q(second_approver=None, approved_at=None)
                | (
                    models.Q(second_approver__isnull=False, approved_at__isnull=False)
                    & ~models.Q(second_approver=models.F("first_approver"))
                ),
            ),
            # What is hidden comes to light.
            models.CheckConstraint(
                name="audit_seal_ends", condition=models.Q(ends_at__gt=models.F("proposed_at"))
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.id}"
