# SPDX-License-Identifier: Apache-2.0
"""`satupintu demo`: from an empty folder to a country one can walk through, and back to rest."""

import json
import os
import signal
import time
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from urllib.error import HTTPError, URLError

from satupintu.foundation.postgres import EmbeddedPostgres, PostgresRefusal

from . import agencies, description
from .home import DemoHome, HomeRefusal, Ports
from .progress import Progress
from .supervisor import Errand, Interrupted, Supervisor, python

READY_SECONDS = 60.0


def run_demo(*, home: Path, port: int | None, reset: bool, web_workers: int) -> int:
    """Until Ctrl-C or SIGTERM; answers 0 then. Raises HomeRefusal or PostgresRefusal, in one
    sentence, when the country can't start; whatever had started has ended by then."""
    progress = Progress()
    country = DemoHome(home)
    country.claim()
    if reset:
        country.reset()
    database = None if os.environ.get("DATABASE_URL") else EmbeddedPostgres(country.postgres)
    if database is not None:
        # Before anything is written: a folder that can't be used is left as it is.
        database.check_folder()
    slugs = agencies.list_agencies()
    country.close_doors()
    country.read_secrets()
    ports = country.choose_ports(wanted=port, slugs=slugs)
    progress.say(f"Republic of Nusa, in {home}")

    supervisor = Supervisor(say=progress.say, database=database)
    supervisor.listen()
    try:
        start = _Start(country, ports, supervisor, progress, web_workers)
        start.run()
        supervisor.changed = start.describe
        progress.say(description.announce(start.describe(), seconds=progress.elapsed()))
        supervisor.watch()
    except Interrupted:
        pass
    except (HomeRefusal, PostgresRefusal):
        # A Ctrl-C also ends the step it fell into; that is no failure.
        if not supervisor.stopping:
            raise
    finally:
        progress.say("Stopping ...")
        supervisor.stop()
        # Nobody should speak to processes that are gone.
        description.forget_processes(country.description)
    progress.say("Stopped. `satupintu demo` resumes the same country.")
    return 0


class _Start:
    def __init__(
        self,
        country: DemoHome,
        ports: Ports,
        supervisor: Supervisor,
        progress: Progress,
        web_workers: int,
    ) -> None:
        self.country = country
        self.ports = ports
        self.supervisor = supervisor
        self.progress = progress
        self.web_workers = web_workers
        self.environment = {**os.environ, **country.environment(ports), "PYTHONUNBUFFERED": "1"}
        self.described: list[dict[str, Any]] = []
        self.seeded: dict[str, Any] = {}
        self.codes: dict[str, dict[str, str]] = {}

    def run(self) -> None:
        """Each step, in the order in which one needs the other."""
        database = self.supervisor.database
        if database is not None:
            with self.progress.step("PostgreSQL"):
                self.environment["DATABASE_URL"] = database.start()
        # Programs of their own, which need nothing of the portal yet: they start meanwhile.
        self._launch("mail", self._mail_command())
        self._launch("witness", self._witness_command())
        for slug in self.ports.agencies:
            command = agencies.serve_command(slug, home=self.country, ports=self.ports)
            self._launch(slug, command)
        self._launch("nusaid", self._nusaid_command())
        with self.progress.step(f"{len(self.ports.agencies)} agencies described"):
            self.described = self._describe_agencies()
        with self.progress.step("tables, pages, people"):
            self.seeded = self._prepare()
        with self.progress.step("portal"):
            self._launch("web", self._web_command())
            # Asked politely, it first takes leave of a database that ended a moment ago, for half
            # a minute. Its jobs are safe: another worker takes them up.
            self._launch(
                "worker",
                python("-m", "satupintu.config.command", "worker"),
                last_signal=signal.SIGKILL,
            )
            self._wait_for("web", f"{self.portal_url}/.well-known/openid-configuration")
        with self.progress.step("mail, witness, agencies and their registers"):
            self._wait_for("mail", f"{self.mail_url}/messages.json")
            self._wait_for("witness", f"{self.witness_url}/key")
            for slug, port in self.ports.agencies.items():
                self._wait_for(slug, f"http://127.0.0.1:{port}/api/health")
            self._wait_for("nusaid", f"{self.nusaid_url}/health")
        with self.progress.step("linking codes"):
            self.codes = self._issue_codes()

    @property
    def portal_url(self) -> str:
        return f"http://localhost:{self.ports.portal}"

    @property
    def mail_url(self) -> str:
        return f"http://127.0.0.1:{self.ports.mail}"

    @property
    def witness_url(self) -> str:
        return f"http://127.0.0.1:{self.ports.witness}"

    @property
    def nusaid_url(self) -> str:
        return f"http://127.0.0.1:{self.ports.nusaid}"

    def describe(self) -> dict[str, Any]:
        """Write demo.json anew, with the processes as they are now."""
        database = self.supervisor.database
        pids = {child.name: child.pid for child in self.supervisor.children}
        content = description.build(
            portal_url=self.portal_url,
            mail_url=self.mail_url,
            witness_url=self.witness_url,
            nusaid_url=self.nusaid_url,
            agencies=self.described,
            codes=self.codes,
            seeded=self.seeded,
            pids={
                "supervisor": os.getpid(),
                **({"postgres": database.pid} if database is not None else {}),
                **pids,
            },
        )
        description.write(self.country.description, content)
        return content

    # --- Steps --------------------------------------------------------------------------------------

    def _mail_command(self) -> list[str]:
        return python(
            "-m",
            "satupintu.config.demo.mail_catcher",
            f"--port={self.ports.mail}",
            f"--smtp-port={self.ports.smtp}",
        )

    def _nusaid_command(self) -> list[str]:
        return python(
            "-m", "demo.nusaid", f"--home={self.country.nusaid}", f"--port={self.ports.nusaid}"
        )

    def _witness_command(self) -> list[str]:
        return python(
            "-m",
            "demo.witness",
            "serve",
            f"--home={self.country.witness}",
            f"--port={self.ports.witness}",
        )

    def _web_command(self) -> list[str]:
        return python(
            "-m",
            "satupintu.config.command",
            "web",
            f"--port={self.ports.portal}",
            f"--workers={self.web_workers}",
        )

    def _describe_agencies(self) -> list[dict[str, Any]]:
        errands = [
            agencies.describe_agency(
                slug,
                home=self.country,
                ports=self.ports,
                environment=self.environment,
            )
            for slug in self.ports.agencies
        ]
        self.supervisor.await_errands(errands)
        return [agencies.read_description(errand) for errand in errands]

    def _issue_codes(self) -> dict[str, dict[str, str]]:
        """A fresh linking code of each agency for each demo person it knows."""
        token = self.environment["SATUPINTU_DEMO_TOKEN"]
        try:
            with ThreadPoolExecutor(max_workers=4) as pool:
                issued = pool.map(
                    lambda agency: agencies.issue_codes(agency, token=token), self.described
                )
                return {
                    agency["slug"]: codes
                    for agency, codes in zip(self.described, issued, strict=True)
                }
        except OSError as error:
            raise HomeRefusal(f"An agency gave no linking codes: {error}.") from error

    def _prepare(self) -> dict[str, Any]:
        """One program of its own, so that Django's memory is given back."""
        errand = Errand(
            python("-m", "satupintu.config.command", "prepare-demo"),
            environment=self.environment,
            given=json.dumps({"agencies": self.described}).encode(),
        )
        self.supervisor.await_errands([errand])
        out, err = errand.read()
        if errand.process.returncode:
            log = self.country.logs / "prepare.log"
            log.parent.mkdir(mode=0o700, exist_ok=True)
            log.touch(mode=0o600)
            log.write_text(err, "utf-8")
            said = err.strip().splitlines() or ["no reason given"]
            raise HomeRefusal(f"The country could not be prepared: {said[-1]} (see {log}).")
        return json.loads(out)

    def _launch(
        self, name: str, command: list[str], *, last_signal: signal.Signals = signal.SIGTERM
    ) -> None:
        self.supervisor.go_on_or_stop()
        log = self.country.logs / f"{name}.log"
        self.supervisor.add(name, command, self.environment, log, last_signal=last_signal)

    def _wait_for(self, name: str, address: str) -> None:
        """Until it answers. A child that dies meanwhile is started again, as always."""
        deadline = time.monotonic() + READY_SECONDS
        while True:
            self.supervisor.go_on_or_stop()
            if _answers(address):
                return
            self.supervisor.look_after()
            if time.monotonic() > deadline:
                log = self.country.logs / f"{name}.log"
                raise HomeRefusal(f"{name} was not ready within {READY_SECONDS:.0f} s: see {log}.")
            self.supervisor.pause(0.05)


def _answers(address: str) -> bool:
    try:
        with urllib.request.urlopen(address, timeout=2):  # noqa: S310
            return True
    except HTTPError as error:
        return error.code < 500
    except (URLError, OSError):
        return False
