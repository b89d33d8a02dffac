# SPDX-License-Identifier: Apache-2.0
"""`make check`: every check of the source, each on one line; what failed is shown whole."""

import os
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
BIN = Path(sys.executable).parent

# As an installation for real people would be set, so that Django's own deployment check speaks.
PRODUCTION = {
    "SATUPINTU_PUBLIC_URL": "https://satupintu.example",
    "SATUPINTU_SECRET_KEY": "k3-Zq8vW1xT6yB9nM4pL7sD2fG5hJ0aC-eR_uIoPzXvNmQwErTyUiOp",
    "SATUPINTU_HASH_KEY": "h4-sHkEyOfThIsInStAlLaTiOn-0123456789",
    "SATUPINTU_ENCRYPTION_KEYS": "c29tZS1vdGhlci1rZXktb2YtMzItYnl0ZXMtaGVyZSE=",
    "DATABASE_URL": "postgresql://postgres@/satupintu?host=%2Fnowhere",
}
DEVELOPMENT = {"SATUPINTU_TEST": "1", "DATABASE_URL": PRODUCTION["DATABASE_URL"]}

CHECKS: tuple[tuple[str, list[str], dict[str, str]], ...] = (
    ("format", ["ruff", "format", "--check", "."], {}),
    ("lint", ["ruff", "check", "."], {}),
    ("types", ["mypy", "satupintu", "demo", "tools"], DEVELOPMENT),
    ("imports", ["lint-imports"], {}),
    ("templates", ["djlint", "--lint", "--quiet", "satupintu", "demo"], {}),
    (
        "migrations are complete",
        ["python", "-W", "ignore", "manage.py", "makemigrations", "--check", "--dry-run"],
        DEVELOPMENT,
    ),
    ("migrations run beside the last release", ["python", "tools/lint_migrations.py"], {}),
    (
        "deployment",
        ["python", "manage.py", "check", "--deploy", "--fail-level", "WARNING"],
        PRODUCTION,
    ),
)


def main() -> int:
    failed = []
    for name, command, extra in CHECKS:
        inherited = {key: value for key, value in os.environ.items() if "SATUPINTU" not in key}
        began = time.monotonic()
        done = subprocess.run(
            [str(BIN / command[0]), *command[1:]],
            cwd=ROOT,
            env={**inherited, **extra},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        verdict = "ok" if done.returncode == 0 else "FAILED"
        print(f"{name:<40} {verdict:<7} {time.monotonic() - began:5.1f} s", flush=True)
        if done.returncode:
            failed.append(name)
            print(done.stdout, flush=True)
    print(f"{len(CHECKS) - len(failed)} passed, {len(failed)} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
