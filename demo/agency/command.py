# SPDX-License-Identifier: Apache-2.0
"""The command line of one agency. It prints JSON, and one sentence where it cannot go on."""

import argparse
import json
import logging
import os
import socket
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from . import linking, outgoing, register
from .definition import UnknownAgency, list_slugs, load_definition
from .describe import demo_people, describe_agency
from .keys import load_keys
from .letterbox import send_mail
from .settings import (
    DEFAULT_RESIDENTS,
    DEFAULT_SEED,
    VARIABLE,
    AgencySettings,
    NotServedYet,
    keep_settings,
    read_kept_settings,
)


class PortTaken(Exception):
    """Somebody else listens there."""


# Each carries one sentence for whoever ran the command.
EXPECTED = (
    UnknownAgency,
    NotServedYet,
    register.NewerRegister,
    outgoing.NothingToSend,
    PortTaken,
)


def main(arguments: list[str] | None = None) -> int:
    """Run one subcommand; the exit status is 0, or 1 with a sentence on stderr."""
    logging.basicConfig(level=logging.INFO, format="%(levelname)s %(name)s %(message)s")
    logging.getLogger("httpx").setLevel(logging.WARNING)
    options = _build_parser().parse_args(arguments)
    try:
        return int(options.run(options))
    except EXPECTED as error:
        sys.stderr.write(f"{error}\n")
    except OSError as error:
        sys.stderr.write(f"{options.home}: {error.strerror or error}\n")
    return 1


def _build_parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m demo.agency", description=__doc__)
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    def add(name: str, run: Any, about: str) -> argparse.ArgumentParser:
        command = commands.add_parser(name, help=about, description=about)
        command.set_defaults(run=run)
        command.add_argument("--slug", required=True, help=f"one of: {', '.join(list_slugs())}")
        command.add_argument("--home", required=True, type=Path, help="the agency's own folder")
        return command

    for name, run, about in (
        ("serve", serve, "Serve the agency until SIGTERM or Ctrl-C."),
        ("describe", describe, "Print what the portal registers, and the demo people, as JSON."),
    ):
        command = add(name, run, about)
        command.add_argument("--host", default="127.0.0.1")
        command.add_argument("--port", type=int, help="default: the definition's own")
        command.add_argument("--public-url", help="default: http://HOST:PORT")
        command.add_argument("--portal-issuer", default=os.environ.get("SATUPINTU_PUBLIC_URL"))
        command.add_argument("--client-id", help="default: SLUG-site")
        command.add_argument("--smtp-url", default=os.environ.get("SATUPINTU_SMTP_URL", ""))
        command.add_argument("--demo-token", default=os.environ.get("SATUPINTU_DEMO_TOKEN", ""))
        command.add_argument("--seed", type=int, default=DEFAULT_SEED)
        command.add_argument("--residents", type=int, default=DEFAULT_RESIDENTS)

    command = add("code", issue_code, "Issue a fresh linking code and send it to its owner.")
    command.add_argument("--record", required=True, help="a record, or a demo person's e-mail")
    command.add_argument("--language", choices=("id", "en"), default="id")
    command.add_argument("--silent", action="store_true", help="print only: no mail, no letter")

    command = add("send", send_letters, "Send a letter to the portal's inbox of one or of all.")
    whom = command.add_mutually_exclusive_group(required=True)
    whom.add_argument("--record", help="a record, or a demo person's e-mail")
    whom.add_argument("--all-linked", action="store_true", help="everybody whose record is joined")
    whom.add_argument("--unsent", action="store_true", help="try again what failed before")
    command.add_argument("--title", default="")
    command.add_argument("--body", default="", help="markdown")
    command.add_argument("--pdf", type=Path)
    command.add_argument("--language", choices=("id", "en"), default="id")
    return parser


def _settings_from(options: argparse.Namespace) -> AgencySettings:
    port = options.port or load_definition(slug=options.slug).default_port
    return AgencySettings(
        slug=options.slug,
        home=str(options.home.resolve()),
        public_url=(options.public_url or f"http://{options.host}:{port}").rstrip("/"),
        portal_issuer=(options.portal_issuer or "http://localhost:8000").rstrip("/"),
        client_id=options.client_id or f"{options.slug}-site",
        smtp_url=options.smtp_url,
        demo_token=options.demo_token,
        seed=options.seed,
        residents=options.residents,
    )


def _refuse_taken_port(host: str, port: int) -> None:
    with socket.socket() as probe:
        # As the server itself will do: a port that only waits to be freed is free.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise PortTaken(f"Port {port} is taken.") from error


def serve(options: argparse.Namespace) -> int:
    """Build what is missing, then serve with granian, one worker."""
    settings = _settings_from(options)
    port = options.port or settings.definition.default_port
    _refuse_taken_port(options.host, port)
    options.home.mkdir(parents=True, exist_ok=True)
    load_keys(home=options.home)
    register.build_register(settings=settings)
    keep_settings(settings=settings)
    os.environ[VARIABLE] = settings.to_json()
    granian = [
        sys.executable,
        "-m",
        "granian",
        "--interface",
        "asgi",
        "--factory",
        "--host",
        options.host,
        "--port",
        str(port),
        "--workers",
        "1",
        "--no-ws",
        "--respawn-failed-workers",
        "--workers-kill-timeout",
        "3",
        "--log-level",
        "warning",
        "demo.agency.app:create_app",
    ]
    sys.stdout.write(json.dumps({"serving": settings.slug, "url": settings.public_url}) + "\n")
    sys.stdout.flush()
    # The server takes this process over: one pid to watch, and to end.
    os.execv(sys.executable, granian)  # noqa: S606


def describe(options: argparse.Namespace) -> int:
    """Print one JSON object."""
    settings = _settings_from(options)
    if not options.port and not options.public_url:
        settings = read_kept_settings(home=options.home)
    keys = load_keys(home=options.home)
    _print(
        describe_agency(settings=settings, keys=keys)
        | {
            "demo_people": demo_people(
                settings.slug, seed=settings.seed, settings=settings, keys=keys
            )
        }
    )
    return 0


def issue_code(options: argparse.Namespace) -> int:
    """Print {"record_ref", "code", "expires_at", "channel", "letter_url"}."""
    settings = read_kept_settings(home=options.home)
    keys = load_keys(home=options.home)
    issued = linking.issue_code_for(
        settings=settings,
        keys=keys,
        record_ref=outgoing.find_record(settings=settings, who=options.record),
        language=options.language,
        at=datetime.now(UTC),
        silent=options.silent,
    )
    if issued is None:
        raise outgoing.NothingToSend("There is no such record.")
    code, delivery = issued
    if delivery and delivery.mail and settings.smtp_url:
        send_mail(settings=settings, mail=delivery.mail)
    _print(
        {
            "record_ref": code.record_ref,
            "code": code.written,
            "expires_at": code.expires_at.isoformat(),
            "channel": delivery.channel if delivery else None,
            "letter_url": delivery.letter_url if delivery else None,
        }
    )
    return 0


def send_letters(options: argparse.Namespace) -> int:
    """Print how many were sent; status 1 if any was not."""
    settings = read_kept_settings(home=options.home)
    keys = load_keys(home=options.home)
    report = outgoing.send_letters(
        settings=settings,
        keys=keys,
        who=options.record,
        only_unsent=options.unsent,
        title=options.title,
        body=options.body,
        document=options.pdf.read_bytes() if options.pdf else None,
        language=options.language,
        at=datetime.now(UTC),
    )
    _print(report)
    return 0 if not report["not_sent"] else 1


def _print(value: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps(value, ensure_ascii=False, indent=2) + "\n")
