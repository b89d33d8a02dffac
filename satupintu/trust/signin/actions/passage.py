# SPDX-License-Identifier: Apache-2.0
from satupintu.trust.signin.queries.passage import Reader, add_reader


def register_passage(reader: Reader) -> None:
    """Let an app above say whether a person may go on to an agency. Call it from
    `AppConfig.ready()` only. `reader(account_id=..., agency_slug=..., at=..., user=...)` answers a
    `Passage`; with `user`, for no statement of its own: every sign-in asks. A refresh asks too,
    with None."""
    add_reader(reader)
