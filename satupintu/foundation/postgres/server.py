# SPDX-License-Identifier: Apache-2.0
"""One PostgreSQL server in one folder, a child of the program that started it.

It listens on a socket inside a folder that only its owner enters, and on no network address, so
nothing else on the machine can speak to it and no password is needed.
"""

import os
import shutil
import signal
import subprocess
import time
from pathlib import Path
from urllib.parse import quote

import psycopg

from .explain import explain_folder_error
from .leash import leash
from .owner import Owner, choose_owner, open_way, socket_folder_for
from .programs import find_programs

DATABASE = "satupintu"
MAJOR_VERSION = 18
# A fresh database is 40 MB and its log of changes grows to 64 MB before it is reused.
ROOM_TO_INITIALISE = 200 * 1024 * 1024
ROOM_TO_START = 32 * 1024 * 1024

SETTINGS = {
    "listen_addresses": "",
    "max_connections": "60",
    "shared_buffers": "48MB",
    "wal_buffers": "4MB",
    "max_wal_size": "256MB",
    "min_wal_size": "32MB",
    "jit": "off",
    "io_method": "sync",
    "max_parallel_workers_per_gather": "0",
    "autovacuum_max_workers": "1",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "unix_socket_permissions": "0700",
    # What failed and why, but neither the statement nor the row: both hold people's data.
    "log_error_verbosity": "terse",
    "log_min_error_statement": "panic",
}
# For data that nobody will miss: tests only.
THROWAWAY_SETTINGS = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "max_wal_size": "1GB",
    "shared_buffers": "128MB",
    "autovacuum": "off",
}


class PostgresRefusal(Exception):
    """Why this server can't run, in one sentence for the person at the terminal.

    Raised before anything in the data folder was changed.
    """


class EmbeddedPostgres:
    """`start()` makes the data folder at the first call, and answers the DATABASE_URL."""

    def __init__(self, folder: Path, *, throwaway: bool = False) -> None:
        self.folder = folder.absolute()
        self.log = self.folder.with_name(f"{self.folder.name}.log")
        self.throwaway = throwaway
        self.process: subprocess.Popen[bytes] | None = None
        # Decided when the folder is prepared; as the one who runs this, until then.
        self._owner = Owner()

    @property
    def url(self) -> str:
        """Where the server can be reached while it runs."""
        return f"postgresql://postgres@/{DATABASE}?host={quote(str(self._sockets), safe='')}"

    @property
    def pid(self) -> int | None:
        """The postmaster's process id, whoever started it; None when none runs."""
        try:
            pid = int((self.folder / "postmaster.pid").read_text("ascii").split("\n", 1)[0])
            os.kill(pid, 0)
        except (OSError, ValueError):
            return None
        # The number may have been given to another program since the machine was last started.
        name = Path(f"/proc/{pid}/comm")
        try:
            return pid if not name.exists() or name.read_text().startswith("postgres") else None
        except OSError:
            return None

    def start(self, *, timeout: float = 30.0) -> str:
        """Raises PostgresRefusal, with the data folder as it was."""
        made = self._prepare()
        self._wait_for_predecessor(seconds=10)
        self._launch()
        self._wait_until_ready(timeout=timeout)
        if made or not self._has_database():
            self._create_database()
        return self.url

    def stop(self, *, timeout: float = 4.0) -> None:
        """Let running statements fail, flush, end: PostgreSQL's fast shutdown. Idempotent."""
        if self.process is None:
            return
        for signal_number in (signal.SIGINT, signal.SIGQUIT, signal.SIGKILL):
            if self.process.poll() is None:
                self.process.send_signal(signal_number)
            try:
                self.process.wait(timeout)
                break
            except subprocess.TimeoutExpired:
                timeout = 1.0
        self.process = None

    # --- The folder ---------------------------------------------------------------------------

    def check_folder(self) -> bool:
        """True when it holds data, False when it is to be made. Raises PostgresRefusal."""
        try:
            version_file = self.folder / "PG_VERSION"
            if not self.folder.exists() or not any(self.folder.iterdir()):
                return False
            if not version_file.exists() or not (self.folder / "global" / "pg_control").exists():
                raise PostgresRefusal(
                    f"The data folder {self.folder} is half-initialised: move it away, or start"
                    " again with --reset, which deletes it."
                )
            version = version_file.read_text("ascii").strip()
        except OSError as error:
            raise PostgresRefusal(explain_folder_error(error, self.folder)) from error
        if not version.isdigit() or int(version) != MAJOR_VERSION:
            newer = version.isdigit() and int(version) > MAJOR_VERSION
            raise PostgresRefusal(
                f"The data folder {self.folder} belongs to PostgreSQL {version}, "
                f"{'newer' if newer else 'other'} than the {MAJOR_VERSION} that runs here:"
                f" {'upgrade Satu Pintu' if newer else 'migrate it with pg_upgrade'}, or use"
                " another folder."
            )
        return True

    def _prepare(self) -> bool:
        """Make the data folder unless it is there. True when it was made now."""
        holds_data = self.check_folder()
        try:
            self.folder.parent.mkdir(parents=True, exist_ok=True)
            _demand_room(self.folder.parent, ROOM_TO_START if holds_data else ROOM_TO_INITIALISE)
            self._owner = choose_owner(self.folder if holds_data else None)
            open_way(self._owner, self.folder.parent, find_programs())
            self._prove_writable()
            if not holds_data:
                self._initialise()
        except OSError as error:
            raise PostgresRefusal(explain_folder_error(error, self.folder)) from error
        return not holds_data

    def _prove_writable(self) -> None:
        with self.log.open("ab"):
            # Whatever the folder's own mode: a log is for its owner's eyes.
            self.log.chmod(0o600)

    def _initialise(self) -> None:
        """Build beside, then rename: an initialisation cut short leaves no half folder."""
        beginning = self.folder.with_name(f"{self.folder.name}.beginning")
        shutil.rmtree(beginning, ignore_errors=True)
        beginning.mkdir(mode=0o700)
        self._owner.own(beginning)
        command = [
            str(find_programs() / "initdb"),
            "--pgdata",
            str(beginning),
            "--username=postgres",
            "--auth=trust",
            "--encoding=UTF8",
            "--locale-provider=builtin",
            "--locale=C.UTF-8",
            "--no-instructions",
            *(["--no-sync"] if self.throwaway else []),
        ]
        done = subprocess.run(  # noqa: S603
            command, capture_output=True, text=True, cwd="/", check=False, **self._owner.as_user()
        )
        if done.returncode:
            shutil.rmtree(beginning, ignore_errors=True)
            raise PostgresRefusal(_explain_output(done.stderr, self.folder))
        if self.folder.exists():
            self.folder.rmdir()
        beginning.rename(self.folder)

    # --- The process ----------------------------------------------------------------------------

    @property
    def _sockets(self) -> Path:
        return socket_folder_for(self.folder)

    def _wait_for_predecessor(self, *, seconds: float) -> None:
        """A server whose supervisor was killed needs a moment to end by itself."""
        deadline = time.monotonic() + seconds
        while self.pid is not None:
            if time.monotonic() > deadline:
                raise PostgresRefusal(
                    f"Another PostgreSQL (process {self.pid}) runs on {self.folder}: stop it first."
                )
            time.sleep(0.1)

    def _launch(self) -> None:
        settings = SETTINGS | (THROWAWAY_SETTINGS if self.throwaway else {})
        sockets = self._sockets
        if sockets != self.folder:
            sockets.mkdir(mode=0o700, exist_ok=True)
            self._owner.own(sockets)
        command = [str(find_programs() / "postgres"), "-D", str(self.folder), "-k", str(sockets)]
        for name, value in settings.items():
            command += ["-c", f"{name}={value}"]
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(  # noqa: S603
                command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd="/",
                # A group of its own: the terminal's Ctrl-C is the supervisor's to pass on.
                start_new_session=True,
                # Fast shutdown when whoever started it is gone.
                preexec_fn=leash(signal.SIGINT),  # noqa: PLW1509
                **self._owner.as_user(),
            )

    def _wait_until_ready(self, *, timeout: float) -> None:
        log_begins = self.log.stat().st_size
        deadline = time.monotonic() + timeout
        while True:
            try:
                psycopg.connect(self._maintenance_url, connect_timeout=5).close()
            except psycopg.OperationalError:
                pass
            else:
                return
            if self.process is None or self.process.poll() is not None:
                self.process = None
                with self.log.open("rb") as log:
                    log.seek(max(0, log_begins - 2000))
                    tail = log.read().decode(errors="replace")
                raise PostgresRefusal(_explain_output(tail, self.folder))
            if time.monotonic() > deadline:
                self.stop()
                raise PostgresRefusal(
                    f"PostgreSQL in {self.folder} was not ready within {timeout:.0f} s:"
                    f" see {self.log}."
                )
            time.sleep(0.03)

    @property
    def _maintenance_url(self) -> str:
        return f"postgresql://postgres@/postgres?host={quote(str(self._sockets), safe='')}"

    def _has_database(self) -> bool:
        with psycopg.connect(self._maintenance_url) as connection:
            found = connection.execute(
                "SELECT FROM pg_database WHERE datname = %s", [DATABASE]
            ).fetchone()
        return found is not None

    def _create_database(self) -> None:
        with psycopg.connect(self._maintenance_url, autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {DATABASE}")


def _demand_room(folder: Path, size: int) -> None:
    free = shutil.disk_usage(folder).free
    if free < size:
        raise PostgresRefusal(
            f"The disk that holds {folder} is full: {free // 2**20} MB are free,"
            f" {size // 2**20} MB are needed."
        )


def _explain_output(output: str, folder: Path) -> str:
    """One sentence from what PostgreSQL's own programs said."""
    lowered = output.lower()
    if "no space left" in lowered:
        return f"The disk that holds {folder} is full."
    if "permission denied" in lowered or "read-only file system" in lowered:
        return f"The folder {folder} can't be written by PostgreSQL."
    said = [line for line in output.splitlines() if "FATAL" in line or "error:" in line]
    last = said[-1].split(": ", 1)[-1].strip() if said else "no reason given"
    return f"PostgreSQL would not start in {folder}: {last.rstrip('.')}."
