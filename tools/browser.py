# SPDX-License-Identifier: Apache-2.0
"""Finds Chromium for the journeys, and installs Debian's where that is allowed.

--install  install it when it is missing and this is root on Debian; never fails
--need     end with 0 when there is one; else say what is skipped and how to get it, and end with
           75 (a person's machine: skip) or 1 (CI: a failure)
"""

import os
import shutil
import subprocess
import sys

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
SKIP = 75


def find_browser() -> str | None:
    chosen = os.environ.get("SATUPINTU_CHROMIUM")
    if chosen:
        return shutil.which(chosen)
    return next((path for path in map(shutil.which, NAMES) if path), None)


def install_browser() -> None:
    if find_browser() or os.geteuid() != 0 or not shutil.which("apt-get"):
        return
    print("Installing Debian's chromium ...", flush=True)
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for command in (
        ["apt-get", "update", "-qq"],
        ["apt-get", "install", "-y", "-qq", "--no-install-recommends", "chromium"],
    ):
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
        if done.returncode:
            print(f"{' '.join(command)} failed: {done.stderr.strip().splitlines()[-1:]}")
            return


def main() -> int:
    if "--install" in sys.argv:
        install_browser()
        return 0
    if find_browser():
        return 0
    in_ci = os.environ.get("CI") == "true"
    print(
        f"{'FAILED' if in_ci else 'SKIPPED'}: no Chromium was found, so no page was opened in a"
        " browser. Get it with `apt-get install chromium`, or name yours in SATUPINTU_CHROMIUM."
    )
    return 1 if in_ci else SKIP


if __name__ == "__main__":
    sys.exit(main())
