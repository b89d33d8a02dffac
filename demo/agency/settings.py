# SPDX-License-Identifier: Apache-2.0
"""What one running agency was told at its start.

The command passes it to the serving process as JSON in `SATUPINTU_AGENCY`, and keeps the same in
`agency.json` of the agency's home, so that `send`, `code` and `describe` find it again.
"""

import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path

from .definition import AgencyDefinition, load_definition

VARIABLE = "SATUPINTU_AGENCY"
DEFAULT_SEED = 2026
DEFAULT_RESIDENTS = 20_000


class NotServedYet(Exception):
    """The agency's home holds no settings: nobody ever served it from there."""


@dataclass(frozen=True)
class AgencySettings:
    slug: str
    home: str
    public_url: str
    portal_issuer: str
    client_id: str
    smtp_url: str = ""
    # With a demo token the agency offers /demo/...; without one those addresses do not exist.
    demo_token: str = ""
    seed: int = DEFAULT_SEED
    residents: int = DEFAULT_RESIDENTS

    @property
    def api_url(self) -> str:
        """Where the portal calls; also the audience of its tokens."""
        return f"{self.public_url}/api"

    @property
    def definition(self) -> AgencyDefinition:
        return load_definition(slug=self.slug)

    @property
    def register_path(self) -> Path:
        return Path(self.home) / "register.sqlite3"

    @property
    def portal_host(self) -> str:
        """The portal's address as people type it; no link, nothing to click."""
        return self.portal_issuer.partition("://")[2].strip("/")

    @property
    def is_https(self) -> bool:
        return self.public_url.startswith("https://")

    def to_json(self) -> str:
        return json.dumps(asdict(self))


def read_settings_from_environment() -> AgencySettings:
    """For the serving process."""
    return AgencySettings(**json.loads(os.environ[VARIABLE]))


def keep_settings(*, settings: AgencySettings) -> None:
    """Write `agency.json`, readable by this user alone: it holds the demo token."""
    path = Path(settings.home) / "agency.json"
    draft = path.with_suffix(".new")
    draft.touch(mode=0o600)
    draft.write_text(settings.to_json(), encoding="utf-8")
    draft.replace(path)


def read_kept_settings(*, home: Path) -> AgencySettings:
    """Raises NotServedYet."""
    path = home / "agency.json"
    if not path.is_file():
        raise NotServedYet(f"No agency was ever served from {home}.")
    return AgencySettings(**json.loads(path.read_text(encoding="utf-8")))
