# SPDX-License-Identifier: Apache-2.0
"""`demo.json`: where everything is and how to sign in, for scripts; and the same for a person."""

import json
from importlib import resources
from pathlib import Path
from typing import Any

from .home import read_json, write_json


def read_schema() -> dict[str, Any]:
    """The JSON Schema that `demo.json` keeps to."""
    text = resources.files("satupintu.config.demo").joinpath("demo.schema.json").read_text("utf-8")
    return json.loads(text)


def build(
    *,
    portal_url: str,
    mail_url: str,
    witness_url: str,
    nusaid_url: str,
    agencies: list[dict[str, Any]],
    codes: dict[str, dict[str, str]],
    seeded: dict[str, Any],
    pids: dict[str, int | None],
) -> dict[str, Any]:
    links: dict[str, list[dict[str, Any]]] = {}
    for agency in agencies:
        for person in agency["demo_people"]:
            links.setdefault(person["email"], []).append(
                {
                    "agency": agency["slug"],
                    "code": codes[agency["slug"]][person["email"]],
                    "answers": person["answers"],
                    "codes_arrive": person["contact"],
                }
            )
    return {
        "portal": {"url": portal_url, "issuer": portal_url},
        "mail": {"url": mail_url, "json_url": f"{mail_url}/messages.json"},
        "witness": {"url": f"{witness_url}/", "key_url": f"{witness_url}/key"},
        "nusaid": {"url": nusaid_url},
        "agencies": [
            {
                "slug": agency["slug"],
                "name": agency["name_id"],
                "name_en": agency["name_en"],
                "level": agency["level"],
                "sector": agency["sector"],
                "url": agency["site_url"],
                "client_id": agency["client"]["client_id"],
            }
            for agency in agencies
        ],
        "people": [
            {
                "name": person["name"],
                "email": person["email"],
                "password": person["password"],
                "totp_secret": person["totp_secret"],
                "nusaid": person["nusaid"],
                "links": links.get(person["email"], []),
            }
            for person in seeded["people"]
        ],
        "staff": seeded["staff"],
        "pids": {name: pid for name, pid in pids.items() if pid is not None},
    }


def write(path: Path, content: dict[str, Any]) -> None:
    write_json(path, content)


def forget_processes(path: Path) -> None:
    """After the end: the rest stays true for the next start."""
    if path.exists():
        write_json(path, {**read_json(path), "pids": {}})


def announce(content: dict[str, Any], *, seconds: float) -> str:
    """The ready line, and below it what a person needs."""
    lines = [
        "",
        f"Ready in {seconds:.1f} s: {content['portal']['url']}",
        "",
        f"  {'mail of everybody':<28} {content['mail']['url']}",
        f"  {'witness of the access log':<28} {content['witness']['url']}",
        f"  {'NusaID':<28} {content['nusaid']['url']}",
    ]
    lines += [f"  {agency['name_en']:<28} {agency['url']}" for agency in content["agencies"]]
    lines += ["", "  Sign in with e-mail and password, then a code from the TOTP secret:"]
    for person in content["people"]:
        secret = person["totp_secret"] or "no second factor yet"
        lines.append(f"  {person['email']:<28} {person['password']:<28} {secret}")
        card = person["nusaid"]
        papers = f"NusaID {card['number']}, PIN {card['pin']}" if card else "no papers"
        lines.append(f"    {person['name']} ({papers})")
    lines += [
        "",
        f"  Staff sign in at {content['portal']['url']}/staff/ with a passkey. Each makes it here, once:",
    ]
    lines += [
        f"  {member['email']:<34} {member['role']:<12} {member['join_url'] or 'has one'}"
        for member in content["staff"]
    ]
    lines += ["", "  Linking codes and all of this for scripts: demo.json. Ctrl-C ends it.", ""]
    return "\n".join(lines)
