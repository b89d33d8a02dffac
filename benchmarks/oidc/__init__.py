# SPDX-License-Identifier: Apache-2.0
"""CPU of one sign-in (authorize, token, userinfo), ours against npm's oidc-provider.

Both run as one process on one PostgreSQL, both prove the client by private_key_jwt, demand PKCE,
sign ES256 and know the person by a pairwise subject; in both she is signed in and has agreed.
Counted are the server and every process of PostgreSQL, not the program that asks.
"""

import json
from contextlib import ExitStack
from pathlib import Path

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

from .party import Party, make_key

ROUNDS = 9
SIGN_INS = 40
WARM_UP = 40
PEER = Path(__file__).with_name("provider.mjs")


def measure() -> Outcome:
    with ExitStack() as stack:
        country = stack.enter_context(open_country())
        ours = _start_ours(stack, country)
        peer = _start_peer(stack, country)
        costs = measure_cpu([ours, peer], rounds=ROUNDS, times=SIGN_INS, warm_up=WARM_UP)
    return Outcome(
        ratios={"oidc.vs_provider_postgres": costs[ours.name] / costs[peer.name]},
        header=("server and PostgreSQL", "CPU ms per sign-in"),
        rows=[(name, f"{cost * 1000:.2f}") for name, cost in costs.items()],
        notes=[f"Medians of {ROUNDS} interleaved rounds of {SIGN_INS} sign-ins."],
    )


def _start_ours(stack: ExitStack, country: Country) -> Contender:
    port = find_free_port()
    issuer = f"http://localhost:{port}"
    seeded = json.loads(country.run_python("benchmarks.oidc.seed", public_url=issuer))
    pid = stack.enter_context(serve_portal(country, port=port))
    party = Party(
        issuer=issuer,
        client_id=seeded["client_id"],
        jwk=seeded["jwk"],
        paths=("/openid/authorize", "/openid/token", "/openid/userinfo"),
        cookies=seeded["cookies"],
    )
    return Contender("Satu Pintu", party.sign_in, (pid, country.postgres_pid))


def _start_peer(stack: ExitStack, country: Country) -> Contender:
    port = find_free_port()
    issuer = f"http://localhost:{port}"
    with psycopg.connect(country.database_url, autocommit=True) as connection:
        connection.execute("CREATE DATABASE peer")
    party = Party(
        issuer=issuer,
        client_id="party",
        jwk=make_key(),
        paths=("/auth", "/token", "/me"),
        cookies={},
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
    return Contender("oidc-provider", party.sign_in, (pid, country.postgres_pid))
