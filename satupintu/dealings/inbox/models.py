# SPDX-License-Identifier: Apache-2.0
from django.contrib.postgres.indexes import BrinIndex
from django.db import models
from django.db.models import Q

from satupintu.foundation.ids import new_id


class Message(models.Model):
    """One letter of one agency to one person, as it came: nothing in it changes but what the
    person did with it.

    The agency is kept as its slug, which never changes, so that a letter outlives a link, a
    suspension and the agency's leaving.
    """

    pk = models.CompositePrimaryKey("account_id", "id")
    account_id = models.UUIDField()
    # A UUIDv7: the order of ids is the order of arrival, and lists need no index of their own.
    id = models.UUIDField(default=new_id, editable=False)
    agency = models.CharField(max_length=60)
    title = models.CharField(max_length=200)
    # Markdown as the agency wrote it; made safe whenever it is read (letters.py).
    body = models.TextField(blank=True)
    language = models.CharField(max_length=35)
    in_reply_to = models.UUIDField(null=True, blank=True)
    has_document = models.BooleanField(default=False)
    received_at = models.DateTimeField()
    announced_at = models.DateTimeField(null=True, blank=True)
    read_at = models.DateTimeField(null=True, blank=True)
    archived_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        db_table = "inbox_message"
        constraints = [
            # An empty letter would make a person wait for what never comes.
            models.CheckConstraint(
                name="message_says_something", condition=~Q(body="") | Q(has_document=True)
            ),
            # What was put away unread would never be counted, nor seen.
            models.CheckConstraint(
                name="message_archived_was_read",
                condition=Q(archived_at__isnull=True) | Q(read_at__isnull=False),
            ),
        ]
        indexes = [
            # Every page counts what is unread; the index holds nothing else.
            models.Index(
                fields=["account_id"], name="message_unread", condition=Q(read_at__isnull=True)
            ),
            # The sender asks by the id that it was given. New ids land at the end: cheap to keep.
            models.Index(fields=["id"], name="message_by_id"),
        ]

    def __str__(self) -> str:
        return str(self.id)


class Document(models.Model):
    """The PDF of a letter. It stands apart so that a list never touches its bytes."""

    pk = models.CompositePrimaryKey("account_id", "message_id")
    account_id = models.UUIDField()
    message_id = models.UUIDField()
    name = models.CharField(max_length=150)
    content_type = models.CharField(max_length=60, default="application/pdf")
    size = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64)
    content = models.BinaryField()

    class Meta:
        db_table = "inbox_document"

    def __str__(self) -> str:
        return str(self.message_id)


class AcceptedKey(models.Model):
    """An idempotency key that a client has used up, and which message it stands for.

    The primary key decides races: of two requests with one key, one writes and one reads.
    """

    pk = models.CompositePrimaryKey("client_id", "key")
    client_id = models.CharField(max_length=80)
    key = models.CharField(max_length=255)
    # SHA-256 of what was sent; another content under the same key is refused.
    fingerprint = models.CharField(max_length=64)
    account_id = models.UUIDField()
    message_id = models.UUIDField()
    received_at = models.DateTimeField()

    class Meta:
        db_table = "inbox_accepted_key"
        indexes = [
            # Rows lie in the order of their time, so a few bytes a page find the old ones.
            BrinIndex(fields=["received_at"], name="accepted_key_age", autosummarize=True),
        ]

    def __str__(self) -> str:
        return str(self.message_id)
