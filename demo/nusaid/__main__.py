# SPDX-License-Identifier: Apache-2.0
"""`python -m demo.nusaid --home FOLDER --port 8110`: NusaID, until SIGTERM or Ctrl-C.

Its one client and that client's secret stand in the environment, as the portal's do.
"""

import argparse
import os
import sys
from pathlib import Path

from .app import HOME, ISSUER


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m demo.nusaid", description=__doc__)
    parser.add_argument("--home", required=True, type=Path, help="its own folder, for its key")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8110)
    options = parser.parse_args()
    options.home.mkdir(parents=True, exist_ok=True)
    os.environ[HOME] = str(options.home.resolve())
    os.environ[ISSUER] = f"http://{options.host}:{options.port}"
    granian = [sys.executable, "-m", "granian", "--interface", "asgi", "--factory"]
    granian += ["--host", options.host, "--port", str(options.port)]
    granian += ["--workers", "1", "--no-ws", "--respawn-failed-workers"]
    granian += ["--workers-kill-timeout", "3", "--log-level", "warning"]
    # The server takes this process over: one pid to watch, and to end.
    os.execv(sys.executable, [*granian, "demo.nusaid.app:create_app"])  # noqa: S606


if __name__ == "__main__":
    sys.exit(main())
