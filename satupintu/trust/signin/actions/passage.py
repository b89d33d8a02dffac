# SPDX-License-Identifier: Apache-2.0
from satupintu.trust.signin.queries.passage import Reader, add_reader


def register_passage(reader: Reader) -> None:
    """Let an app above say whether a person may go on to an agency. Call it from
    `AppConfig.ready()` only. `reader(user, agency_slug=..., at=...)` answers a `Passage`, and for
    no statement of its own: every sign-in asks."""
    add_reader(reader)
