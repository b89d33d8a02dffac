# SPDX-License-Identifier: Apache-2.0
"""`python -m demo.witness serve --home FOLDER --port PORT`: keeps heads that the portal lodges."""

import argparse
import os
import sys
from pathlib import Path

from .notary import load_key

DEFAULT_NAME = "Saksi Nusa"


def main(arguments: list[str] | None = None) -> int:
    """Serve with granian, one worker, until SIGTERM or Ctrl-C."""
    parser = argparse.ArgumentParser(prog="python -m demo.witness", description=__doc__)
    parser.add_argument("command", choices=["serve"])
    parser.add_argument("--home", required=True, type=Path, help="the witness's own folder")
    parser.add_argument("--port", required=True, type=int)
    parser.add_argument("--name", default=DEFAULT_NAME)
    options = parser.parse_args(arguments)
    load_key(home=options.home)
    os.environ["WITNESS_HOME"] = str(options.home.resolve())
    os.environ["WITNESS_NAME"] = options.name
    granian = [
        *(sys.executable, "-m", "granian", "--interface", "asgi", "--factory"),
        *("--host", "127.0.0.1", "--port", str(options.port), "--workers", "1", "--no-ws"),
        *("--respawn-failed-workers", "--workers-kill-timeout", "3", "--log-level", "warning"),
        "demo.witness.app:create_app",
    ]
    # The server takes this process over: one pid to watch, and to end.
    os.execv(sys.executable, granian)  # noqa: S606


if __name__ == "__main__":
    sys.exit(main())
