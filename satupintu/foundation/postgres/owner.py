# SPDX-License-Identifier: Apache-2.0
"""As whom PostgreSQL runs, and how that user reaches its files.

PostgreSQL refuses to run as root. Started by root (a container, a fresh machine), it runs as an
unprivileged user of its own, who must be able to walk to its programs and to its data.
"""

import hashlib
import os
import pwd
import stat
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

SYSTEM_USER = "embedded_postgres"
# The longest path of a Unix socket on the systems we run on (macOS 104, Linux 108, with its end).
LONGEST_SOCKET_PATH = 103


@dataclass(frozen=True)
class Owner:
    """None stands for "as the one who runs this"."""

    uid: int | None = None
    gid: int | None = None

    def as_user(self) -> dict[str, Any]:
        """Arguments for subprocess."""
        if self.uid is None:
            return {}
        return {"user": self.uid, "group": self.gid, "extra_groups": []}

    def own(self, path: Path) -> None:
        if self.uid is not None and self.gid is not None:
            os.chown(path, self.uid, self.gid)


def choose_owner(existing: Path | None) -> Owner:
    """Whoever owns the data already; else, for root, a system user made for it."""
    if os.geteuid() != 0:
        return Owner()
    if existing is not None:
        owner = existing.stat()
        if owner.st_uid != 0:
            return Owner(owner.st_uid, owner.st_gid)
    try:
        entry = pwd.getpwnam(SYSTEM_USER)
    except KeyError:
        command = ["useradd", "--system", "--shell", "/usr/sbin/nologin", SYSTEM_USER]
        subprocess.run(command, check=True, capture_output=True)  # noqa: S603
        entry = pwd.getpwnam(SYSTEM_USER)
    return Owner(entry.pw_uid, entry.pw_gid)


def open_way(owner: Owner, *places: Path) -> None:
    """Let the owner walk through (not list) the folders that lead to these places."""
    if owner.uid is None:
        return
    for place in places:
        for folder in (place, *place.parents):
            mode = folder.stat().st_mode
            if not mode & stat.S_IXOTH:
                folder.chmod(stat.S_IMODE(mode) | stat.S_IXOTH)


def socket_folder_for(data_folder: Path) -> Path:
    """The data folder itself, which only its owner enters; a short one elsewhere where that
    path is too long for a socket."""
    if len(os.fsencode(data_folder / ".s.PGSQL.5432.lock")) <= LONGEST_SOCKET_PATH:
        return data_folder
    digest = hashlib.sha256(os.fsencode(data_folder)).hexdigest()[:16]
    return Path(tempfile.gettempdir()) / f"satupintu-{digest}"
