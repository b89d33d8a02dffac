# SPDX-License-Identifier: Apache-2.0
"""CPU of one sign-in (authorize, token, userinfo), ours against npm's oidc-provider; ours in a full
country against an empty one; and what programs read about either (key set, discovery).

All run as one process on one PostgreSQL, prove the client by private_key_jwt, demand PKCE, sign
ES256 and know the person by a pairwise subject; in all she is signed in and has agreed. Counted
are the server and every process of its PostgreSQL, not the program that asks.
"""

import json
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import psycopg
from psycopg.conninfo import conninfo_to_dict

from benchmarks.frame import (
    NODE,
    Contender,
    Country,
    Outcome,
    find_free_port,
    measure_cpu,
    open_country,
    run_program,
    serve_portal,
)

from .load import list_emails, load_country
from .party import Party, Paths, make_key

ROUNDS = 9
SIGN_INS = 40
WARM_UP = 60
READS = 300
PEOPLE = 50
PEER = Path(__file__).with_name("provider.mjs")
OUR_PATHS = Paths(
    "/openid/authorize", "/openid/token", "/openid/userinfo", "/.well-known/jwks.json"
)
THEIR_PATHS = Paths("/auth", "/token", "/me", "/jwks")
OURS, FULL, THEIRS = "Satu Pintu", "Satu Pintu, full country", "oidc-provider"


def measure() -> Outcome:
    with ExitStack() as stack:
        country, full = (stack.enter_context(open_country()) for _ in range(2))
        full_party, full_pids = _start_portal(stack, full)
        full_party.sign_in()  # so that there is a row of each kind to multiply
        said = load_country(full.database_url)
        seeded = _seed(full, full_party.issuer, *list_emails(PEOPLE))
        full_party = full_party.meet(**seeded)
        party, pids = _start_portal(stack, country)
        peer, peer_pids = _start_peer(stack, country)
        sign_ins = measure_cpu(
            [
                Contender(OURS, party.sign_in, pids),
                Contender(FULL, full_party.sign_in, full_pids),
                Contender(THEIRS, peer.sign_in, peer_pids),
            ],
            rounds=ROUNDS,
            times=SIGN_INS,
            warm_up=WARM_UP,
        )
        reads = measure_cpu(
            [
                Contender(OURS, party.read_metadata, pids),
                Contender(THEIRS, peer.read_metadata, peer_pids),
            ],
            rounds=ROUNDS,
            times=READS,
            warm_up=READS,
        )
    return Outcome(
        ratios={
            "oidc.vs_provider_postgres": sign_ins[OURS] / sign_ins[THEIRS],
            "oidc.loaded_vs_empty": sign_ins[FULL] / sign_ins[OURS],
            "oidc.metadata_vs_provider": reads[OURS] / reads[THEIRS],
        },
        header=("server and PostgreSQL", "CPU ms per sign-in", "and per reading of metadata"),
        rows=[
            (name, f"{cost * 1000:.2f}", f"{reads[name] * 1000:.2f}" if name in reads else "-")
            for name, cost in sign_ins.items()
        ],
        notes=[
            said,
            f"Medians of {ROUNDS} interleaved rounds of {SIGN_INS} sign-ins by {PEOPLE} people in",
            f"turn, and of {READS} readings of the key set and the discovery document together.",
        ],
    )


def _start_portal(stack: ExitStack, country: Country) -> tuple[Party, tuple[int, int]]:
    port = find_free_port()
    issuer = f"http://localhost:{port}"
    seeded = _seed(country, issuer)
    pid = stack.enter_context(serve_portal(country, port=port))
    return Party(issuer=issuer, paths=OUR_PATHS, **seeded), (pid, country.postgres_pid)


def _seed(country: Country, issuer: str, *emails: str) -> dict[str, Any]:
    return json.loads(country.run_python("benchmarks.oidc.seed", *emails, public_url=issuer))


def _start_peer(stack: ExitStack, country: Country) -> tuple[Party, tuple[int, int]]:
    port = find_free_port()
    issuer = f"http://localhost:{port}"
    with psycopg.connect(country.database_url, autocommit=True) as connection:
        connection.execute("CREATE DATABASE peer")
    party = Party(
        issuer=issuer, client_id="party", jwk=make_key(), paths=THEIR_PATHS, browsers=[{}]
    )
    parameters = conninfo_to_dict(country.database_url)
    env = country.env() | {
        "NODE_ENV": "production",
        "PORT": str(port),
        "PGHOST": str(parameters["host"]),
        "PGUSER": str(parameters["user"]),
        "PGDATABASE": "peer",
        "PARTY_JWK": json.dumps(party.public_jwk),
        "PROVIDER_JWK": json.dumps(make_key()),
    }
    log = country.folder / "peer.log"
    pid = stack.enter_context(run_program([NODE, PEER], env=env, log=log, port=port))
    return party, (pid, country.postgres_pid)
