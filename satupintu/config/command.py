# SPDX-License-Identifier: Apache-2.0
"""The `satupintu` command.

What runs programs (demo, web, worker) is here; everything else is one of Django's management
commands. Nothing here imports Django before the environment is set.
"""

import argparse
import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from satupintu.foundation.postgres import PostgresRefusal

from .demo.home import DemoHome, HomeRefusal
from .programs import SettingsRefusal, migrate_database, open_database, run_web, run_worker

DESCRIPTION = """\
Satu Pintu: one account, in one place, for every service of every agency.

  satupintu demo       a whole small country on this machine, from nothing
"""
EPILOG = """\
In production set DATABASE_URL, SATUPINTU_PUBLIC_URL, SATUPINTU_SECRET_KEY, SATUPINTU_HASH_KEY,
SATUPINTU_ENCRYPTION_KEYS and SATUPINTU_SMTP_URL. Without DATABASE_URL a PostgreSQL of our own
runs in $SATUPINTU_HOME (default .satupintu). Other names are Django's management commands:
`satupintu help` lists them.
"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Answers the exit code: 0, 1 with one sentence on stderr, or 2 for a wrong call."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "satupintu.config.settings")
    parser = _build_parser()
    name = given[0] if given else ""
    try:
        if name in _DJANGO or (name and not name.startswith("-") and name not in OURS):
            return _run_django([name.replace("-", "_"), *given[1:]])
        options = parser.parse_args(given)
        if not hasattr(options, "run"):
            parser.print_help()
            return 0
        return options.run(options)
    except (HomeRefusal, PostgresRefusal, SettingsRefusal) as refusal:
        print(f"satupintu: {refusal}", file=sys.stderr)  # noqa: T201
        return 1
    except KeyboardInterrupt:
        return 130


def _build_parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="satupintu",
        description=DESCRIPTION,
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    commands = parser.add_subparsers(title="commands", metavar="COMMAND")

    def add(name: str, run: Callable[[argparse.Namespace], int]) -> argparse.ArgumentParser:
        summary = OURS[name]
        command = commands.add_parser(name, help=summary, description=summary)
        command.set_defaults(run=run)
        return command

    demo = add("demo", _demo)
    demo.add_argument(
        "--port",
        type=_port,
        help="the portal's port (default 8000; the others follow it); 0 takes free ones",
    )
    demo.add_argument("--reset", action="store_true", help="delete the country and begin anew")
    demo.add_argument("--workers", type=_count, default=2, help="web processes (default 2)")

    web = add("web", _web)
    web.add_argument("--host", default="127.0.0.1", help="address to listen on (default 127.0.0.1)")
    web.add_argument("--port", type=_port, default=8000, help="port to listen on (default 8000)")
    web.add_argument("--workers", type=_count, default=2, help="processes (default 2)")

    worker = add("worker", _worker)
    worker.add_argument("--concurrency", type=_count, default=4, help="jobs at once (default 4)")

    add("migrate", _migrate)
    # Described here so that the list is whole; their own parsers are Django's.
    for name in ("accesslog", "agency", "client", "keys", "staff", "suspend", "rotate-secrets"):
        commands.add_parser(name, help=OURS[name], add_help=False)
    return parser


OURS = {
    "demo": "run the made-up Republic of Nusa: portal, agencies, mail, database",
    "web": "serve the portal's pages and API",
    "worker": "carry out what waits: notices, events, schedules",
    "migrate": "bring the database and the static files up to this version",
    "accesslog": "check the access log, or rotate its key (`satupintu accesslog --help`)",
    "agency": "add or list member agencies (`satupintu agency --help`)",
    "client": "register relying parties, list them, end their tokens (`satupintu client --help`)",
    "keys": "list, rotate or suspend the portal's signing keys (`satupintu keys --help`)",
    "staff": "invite, list, confirm or end staff (`satupintu staff invite --help`)",
    "suspend": "stop an agency, client, key, person or staff member within a minute",
    "rotate-secrets": "encrypt stored secrets again with the newest key",
}
_DJANGO = frozenset({"accesslog", "agency", "client", "keys", "staff", "suspend", "rotate-secrets"})


def _port(text: str) -> int:
    if not text.isdigit() or int(text) > 65535:
        raise argparse.ArgumentTypeError(f"{text!r} is no port (0 to 65535)")
    return int(text)


def _count(text: str) -> int:
    if not text.isdigit() or not 1 <= int(text) <= 64:
        raise argparse.ArgumentTypeError(f"{text!r} is no number from 1 to 64")
    return int(text)


def _home() -> Path:
    return Path(os.environ.get("SATUPINTU_HOME", ".satupintu")).absolute()


def _demo(options: argparse.Namespace) -> int:
    # Only here: the supervisor brings what no other command needs.
    from .demo.start import run_demo  # noqa: PLC0415

    return run_demo(
        home=_home(), port=options.port, reset=options.reset, web_workers=options.workers
    )


def _web(options: argparse.Namespace) -> int:
    DemoHome(_home()).join()
    with open_database(home=_home()):
        return run_web(host=options.host, port=options.port, workers=options.workers)


def _worker(options: argparse.Namespace) -> int:
    DemoHome(_home()).join()
    with open_database(home=_home()):
        return run_worker(concurrency=options.concurrency)


def _migrate(_options: argparse.Namespace) -> int:
    DemoHome(_home()).join()
    with open_database(home=_home()):
        migrate_database()
    return 0


def _run_django(arguments: list[str]) -> int:
    from django.core.management import execute_from_command_line  # noqa: PLC0415

    DemoHome(_home()).join()
    if arguments[0] in {"help", "makemessages", "compilemessages"}:
        execute_from_command_line(["satupintu", *arguments])
        return 0
    with open_database(home=_home()):
        execute_from_command_line(["satupintu", *arguments])
    return 0


if __name__ == "__main__":
    sys.exit(main())
