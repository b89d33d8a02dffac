# SPDX-License-Identifier: Apache-2.0
from django.db import models

from satupintu.foundation.ids import new_id


class Event(models.Model):
    """Something that happened, written in the transaction that made it happen.

    The fields are those of a CloudEvents 1.0 envelope. The payload carries ids, never people.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    type = models.CharField(max_length=100)
    time = models.DateTimeField()
    data = models.JSONField()

    class Meta:
        db_table = "outbox_event"

    def __str__(self) -> str:
        return f"{self.type} {self.id}"
