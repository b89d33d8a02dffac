# SPDX-License-Identifier: Apache-2.0
"""The folder that holds the demo's country: who may use it, its secrets, its ports."""

import errno
import fcntl
import json
import os
import secrets
import shutil
import socket
import tempfile
from base64 import urlsafe_b64encode
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from satupintu.foundation.postgres import explain_folder_error

AGENCY_PORTS_BEGIN = 101
MAIL_PORT = 25
SMTP_PORT = 26
WITNESS_PORT = 27
NUSAID_PORT = 120
DEFAULT_PORT = 8000


class HomeRefusal(Exception):
    """Why the demo can't run here, in one sentence. Nothing was changed."""


@dataclass(frozen=True)
class Ports:
    portal: int
    mail: int
    smtp: int
    witness: int
    agencies: dict[str, int]
    nusaid: int

    def all(self) -> list[int]:
        return [
            *(self.portal, self.mail, self.smtp, self.witness, self.nusaid),
            *self.agencies.values(),
        ]


class DemoHome:
    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._lock: int | None = None

    @property
    def postgres(self) -> Path:
        return self.folder / "postgres"

    @property
    def logs(self) -> Path:
        return self.folder / "logs"

    @property
    def agencies(self) -> Path:
        return self.folder / "agencies"

    @property
    def witness(self) -> Path:
        return self.folder / "witness"

    @property
    def nusaid(self) -> Path:
        return self.folder / "nusaid"

    @property
    def description(self) -> Path:
        return self.folder / "demo.json"

    # --- Whose it is ----------------------------------------------------------------------------

    def claim(self) -> None:
        """Ours until this process ends, however it ends. Raises HomeRefusal."""
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            self._lock = os.open(self.folder / "lock", os.O_RDWR | os.O_CREAT, 0o600)
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise HomeRefusal(
                f"Another demo (process {self._read_holder()}) already runs in {self.folder}: stop it, or"
                " set SATUPINTU_HOME to another folder."
            ) from error
        except OSError as error:
            raise HomeRefusal(explain_folder_error(error, self.folder)) from error
        try:
            os.ftruncate(self._lock, 0)
            os.write(self._lock, str(os.getpid()).encode())
        except OSError as error:
            raise HomeRefusal(explain_folder_error(error, self.folder)) from error

    def _read_holder(self) -> str:
        try:
            return (self.folder / "lock").read_text("ascii").strip() or "unknown"
        except OSError:
            return "unknown"

    def reset(self) -> None:
        """Delete what the demo made, by name: the folder may hold other things."""
        try:
            for path in (
                self.postgres,
                self.folder / "postgres.beginning",
                self.agencies,
                self.witness,
                self.nusaid,
                self.logs,
                self.folder / "static",
            ):
                if path.exists():
                    shutil.rmtree(path)
            for name in ("postgres.log", "secrets.json", "ports.json", "demo.json"):
                (self.folder / name).unlink(missing_ok=True)
        except OSError as error:
            raise HomeRefusal(explain_folder_error(error, self.folder)) from error

    def close_doors(self) -> None:
        """Registers and logs are for their owner's eyes. Not the country's own folder:
        PostgreSQL, where it runs as another user, walks through it."""
        try:
            for folder in (self.agencies, self.witness, self.nusaid, self.logs):
                folder.mkdir(mode=0o700, exist_ok=True)
                folder.chmod(0o700)
        except OSError as error:
            raise HomeRefusal(explain_folder_error(error, self.folder)) from error

    # --- Secrets ----------------------------------------------------------------------------------

    def read_secrets(self) -> dict[str, str]:
        """Made at the first start. They begin with "demo-" where they can, so that an installation
        for real people refuses them (safety rule 27)."""
        path = self.folder / "secrets.json"
        kept = read_json(path) if path.exists() else {}
        made = {
            "SATUPINTU_SECRET_KEY": f"demo-{secrets.token_urlsafe(48)}",
            "SATUPINTU_HASH_KEY": f"demo-{secrets.token_urlsafe(32)}",
            "SATUPINTU_ENCRYPTION_KEYS": urlsafe_b64encode(secrets.token_bytes(32)).decode(),
            # Opens the pages of an agency that exist in the demo only.
            "SATUPINTU_DEMO_TOKEN": secrets.token_urlsafe(24),
            # By which the portal proves itself to NusaID.
            "SATUPINTU_IDENTITY_SECRET": f"demo-{secrets.token_urlsafe(32)}",
        }
        if kept.keys() >= made.keys():
            return kept
        # A country of an older release lacks some.
        write_json(path, made | kept)
        return made | kept

    def environment(self, ports: Ports) -> dict[str, str]:
        """What the portal's programs get, on top of the supervisor's own environment."""
        return {
            **self.read_secrets(),
            "SATUPINTU_HOME": str(self.folder),
            "SATUPINTU_DEMO": "1",
            "SATUPINTU_PUBLIC_URL": f"http://localhost:{ports.portal}",
            "SATUPINTU_SMTP_URL": f"smtp://127.0.0.1:{ports.smtp}",
            "SATUPINTU_WITNESS_URL": f"http://127.0.0.1:{ports.witness}",
            # So that one sees it happen.
            "SATUPINTU_ACCESS_LOG_HEAD_MINUTES": "1",
            "SATUPINTU_ACCESS_LOG_LODGE_MINUTES": "5",
            "SATUPINTU_IDENTITY_ISSUER": f"http://127.0.0.1:{ports.nusaid}",
            "SATUPINTU_IDENTITY_SLUG": "nusaid",
            "SATUPINTU_IDENTITY_NAME": "NusaID",
            "SATUPINTU_IDENTITY_LEVELS": "urn:nusaid:acr:substantial=2",
            "DJANGO_SETTINGS_MODULE": "satupintu.config.settings",
        }

    def join(self) -> None:
        """Let another command speak to the country of this folder, where there is one and the
        environment does not name another installation."""
        stored = self._stored_ports()
        if stored is None or "SATUPINTU_SECRET_KEY" in os.environ:
            return
        for name, value in self.environment(stored).items():
            os.environ.setdefault(name, value)

    # --- Ports ------------------------------------------------------------------------------------

    def choose_ports(self, *, wanted: int | None, slugs: list[str]) -> Ports:
        """`wanted`: the portal's port, 0 for free ones, None for last time's (else 8000).

        Addresses are written into links, mails and the agencies' settings, so a country keeps its
        ports unless told otherwise. Raises HomeRefusal when one is taken.
        """
        stored = self._stored_ports()
        if stored is not None and set(stored.agencies) != set(slugs):
            stored = None
        if wanted == 0:
            keep = stored is not None and not any(is_taken(port) for port in stored.all())
            ports = stored if stored is not None and keep else _find_free_ports(slugs)
        else:
            if wanted is None and stored is not None:
                ports = stored
            else:
                ports = _ports_from(wanted or DEFAULT_PORT, slugs)
            for port in ports.all():
                if port > 65535:
                    raise HomeRefusal(f"--port {wanted} leaves no room for the agencies' ports.")
                if is_taken(port):
                    raise HomeRefusal(
                        f"Port {port} is taken by another program: choose others with --port"
                        " (0 takes free ones)."
                    )
        write_json(
            self.folder / "ports.json",
            {
                "portal": ports.portal,
                "mail": ports.mail,
                "smtp": ports.smtp,
                "witness": ports.witness,
                "agencies": ports.agencies,
                "nusaid": ports.nusaid,
            },
        )
        return ports

    def _stored_ports(self) -> Ports | None:
        path = self.folder / "ports.json"
        stored = read_json(path) if path.exists() else {}
        # A country of an older release has fewer programs: it chooses its ports anew.
        return Ports(**stored) if stored.keys() == Ports.__dataclass_fields__.keys() else None


def _ports_from(portal: int, slugs: list[str]) -> Ports:
    return Ports(
        portal=portal,
        mail=portal + MAIL_PORT,
        smtp=portal + SMTP_PORT,
        witness=portal + WITNESS_PORT,
        agencies={slug: portal + AGENCY_PORTS_BEGIN + place for place, slug in enumerate(slugs)},
        nusaid=portal + NUSAID_PORT,
    )


def _find_free_ports(slugs: list[str]) -> Ports:
    # All held at once, so that the system names none twice.
    held = [socket.create_server(("127.0.0.1", 0)) for _ in range(5 + len(slugs))]
    numbers = [listener.getsockname()[1] for listener in held]
    for listener in held:
        listener.close()
    portal, mail, smtp, witness, nusaid, *others = numbers
    return Ports(portal, mail, smtp, witness, dict(zip(slugs, others, strict=True)), nusaid)


def is_taken(port: int) -> bool:
    try:
        socket.create_server(("127.0.0.1", port)).close()
    except OSError as error:
        if error.errno == errno.EACCES:
            raise HomeRefusal(f"Port {port} needs the rights of root: choose --port.") from error
        return True
    return False


def read_json(path: Path) -> Any:
    try:
        return json.loads(path.read_text("utf-8"))
    except ValueError as error:
        raise HomeRefusal(f"{path} is damaged: start again with --reset.") from error
    except OSError as error:
        raise HomeRefusal(explain_folder_error(error, path)) from error


def write_json(path: Path, content: object) -> None:
    """Whole or not at all, and for its owner's eyes only."""
    try:
        # mkstemp makes it 0600.
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        try:
            with os.fdopen(handle, "w", encoding="utf-8") as file:
                json.dump(content, file, ensure_ascii=False, indent=2)
                file.write("\n")
                file.flush()
                os.fsync(file.fileno())
            Path(name).replace(path)
        except BaseException:
            Path(name).unlink(missing_ok=True)
            raise
    except OSError as error:
        raise HomeRefusal(explain_folder_error(error, path.parent)) from error
