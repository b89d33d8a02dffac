# SPDX-License-Identifier: Apache-2.0
"""One hand of the benchmark: `append`, `sequence` or `insert`. Reads how many from each line of its
input, does them, and answers "done"."""

import os
import secrets
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime

import django

django.setup()

import psycopg  # noqa: E402
from django.utils import timezone  # noqa: E402

from satupintu.foundation.audit import actions as audit  # noqa: E402
from satupintu.foundation.audit import queries  # noqa: E402
from satupintu.foundation.ids import new_id  # noqa: E402

ACTOR = audit.Actor(kind="agency", agency="tax", role="assessor")
WORDS = audit.Words(
    id="melihat alamat Anda, untuk mengirim surat ketetapan",
    en="saw your address, to send an assessment",
)
BASIS = "UU 27/2022, Pasal 20 ayat (2) huruf c"
# So many people, each of these writers its own: nobody reads her log while it is written.
PEOPLE = [new_id() for _ in range(1_000)]
BARE = """
    INSERT INTO bench_bare (account_id, id, at, actor_kind, actor_agency, actor_role, on_behalf_of,
        what, purpose_code, words_id, words_en, legal_basis, sealed_until)
    VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)
"""


def append(count: int) -> None:
    for _ in range(count):
        audit.record_access(
            account_id=secrets.choice(PEOPLE),
            actor=ACTOR,
            what="address",
            purpose_code="assessment",
            words=WORDS,
            legal_basis=BASIS,
            at=timezone.now(),
        )


def sequence(count: int) -> None:
    """Until so many more have their leaves; then the head is signed."""
    wanted = queries.get_size() + count
    while queries.get_size() < wanted:
        if not audit.sequence_accesses():
            # The worker comes once a minute; this is as often as it could be worth it.
            time.sleep(0.2)
    audit.sign_head(at=timezone.now())


def make_insert() -> Callable[[int], None]:
    connection = psycopg.connect(os.environ["DATABASE_URL"], autocommit=True)

    def insert(count: int) -> None:
        for _ in range(count):
            connection.execute(
                BARE,
                [
                    secrets.choice(PEOPLE),
                    new_id(),
                    datetime.now(UTC),
                    ACTOR.kind,
                    ACTOR.agency,
                    ACTOR.role,
                    None,
                    "address",
                    "assessment",
                    WORDS.id,
                    WORDS.en,
                    BASIS,
                    None,
                ],
            )

    return insert


def main(kind: str) -> None:
    work = {"append": append, "sequence": sequence}.get(kind) or make_insert()
    for line in sys.stdin:
        work(int(line))
        print("done", flush=True)


if __name__ == "__main__":
    main(sys.argv[1])
