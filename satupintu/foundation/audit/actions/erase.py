# SPDX-License-Identifier: Apache-2.0
from datetime import datetime
from uuid import UUID

from django.db import connection, transaction

from .sequence import BATCH, add_waiting, lock_tree

# One statement: no row goes without a word of it, and no salt stays behind.
_ERASE = """
    WITH gone AS (
        DELETE FROM audit_access_record WHERE account_id = %s AND leaf_index IS NOT NULL
        RETURNING leaf_index
    )
    INSERT INTO audit_erasure (leaf_index, erased_at) SELECT leaf_index, %s FROM gone
"""


@transaction.atomic
def erase_accesses(*, account_id: UUID, at: datetime) -> int:
    """Destroy every salt and text of one person's log, for good; answers how many (safety rule
    20; UU 27/2022, art. 44). The tree still verifies: of each row it knows only the commitment,
    which without its salt says nothing.

    What waits is given its leaf first, so that erasing is no way to keep a row out of the tree.
    """
    size = lock_tree(wait=True) or 0
    while added := add_waiting(size=size, at_most=BATCH):
        size += added
    with connection.cursor() as cursor:
        cursor.execute(_ERASE, [account_id, at])
        return cursor.rowcount
