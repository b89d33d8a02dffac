# SPDX-License-Identifier: Apache-2.0
"""A demo that can't start says why in one sentence, ends with 1, and harms nothing."""

import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from satupintu.foundation.postgres import EmbeddedPostgres
from tests.running_demo import RunningDemo, list_processes_of

pytestmark = pytest.mark.slow

HOLD_FOLDER = """
import sys, time
from pathlib import Path
from satupintu.config.demo.home import DemoHome
DemoHome(Path(sys.argv[1])).claim()
print("mine", flush=True)
time.sleep(60)
"""


def refuse(home: Path, *arguments: str) -> str:
    """Start, expect a refusal; answers the sentence."""
    demo = RunningDemo(home, *arguments)
    done = subprocess.run(
        demo.command,
        env=demo.environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 1, done
    sentence = done.stderr.strip()
    assert "Traceback" not in sentence
    assert len(sentence.splitlines()) == 1
    assert sentence.startswith("satupintu: ")
    assert sentence.endswith(".")
    assert list_processes_of(home) == []
    return sentence


def snapshot(folder: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.name not in {"lock", "secrets.json"}
    }


def test_a_taken_port_is_named(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]

        sentence = refuse(tmp_path, "--port", str(port))

    assert f"Port {port} is taken" in sentence
    assert "--port" in sentence
    assert not (tmp_path / "postgres").exists()


def test_a_port_that_leaves_no_room_for_the_agencies_is_refused(tmp_path):
    sentence = refuse(tmp_path, "--port", "65500")

    assert "no room" in sentence


def test_a_half_initialised_data_folder_is_left_as_it_is(tmp_path):
    folder = tmp_path / "postgres"
    folder.mkdir()
    (folder / "base").mkdir()
    (folder / "postgresql.conf").write_text("# half")
    before = snapshot(tmp_path)

    sentence = refuse(tmp_path)

    assert "half-initialised" in sentence
    assert "--reset" in sentence
    assert snapshot(tmp_path) == before


def test_a_newer_data_folder_is_left_as_it_is(tmp_path):
    folder = tmp_path / "postgres"
    (folder / "global").mkdir(parents=True)
    (folder / "PG_VERSION").write_text("99\n")
    (folder / "global" / "pg_control").write_text("from the future")
    before = snapshot(tmp_path)

    sentence = refuse(tmp_path)

    assert "PostgreSQL 99" in sentence
    assert "newer" in sentence
    assert snapshot(tmp_path) == before


def test_a_home_that_is_a_file_is_refused(tmp_path):
    home = tmp_path / "home"
    home.write_text("I am no folder")

    sentence = refuse(home)

    assert str(home) in sentence
    assert home.read_text() == "I am no folder"


def test_an_unwritable_home_is_refused(tmp_path):
    # Root writes anywhere, except where the kernel itself says no.
    home = Path("/proc/satupintu") if os.geteuid() == 0 else tmp_path / "closed"
    if os.geteuid() != 0:
        home.mkdir(mode=0o500)

    sentence = refuse(home)

    assert str(home) in sentence


def test_damaged_secrets_are_refused_and_kept(tmp_path):
    (tmp_path / "secrets.json").write_text("{half")

    sentence = refuse(tmp_path)

    assert "damaged" in sentence
    assert (tmp_path / "secrets.json").read_text() == "{half"


def test_a_full_disk_is_refused_and_leaves_no_half_database(tmp_path):
    if not mount_small_disk(tmp_path, megabytes=8):
        pytest.skip("a small disk can only be mounted by root with that right")
    try:
        sentence = refuse(tmp_path)
        left = [path.name for path in tmp_path.iterdir()]
    finally:
        subprocess.run(["umount", "--lazy", str(tmp_path)], check=True)

    assert "full" in sentence
    assert "postgres" not in left
    assert "postgres.beginning" not in left


def mount_small_disk(folder: Path, *, megabytes: int) -> bool:
    done = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={megabytes}m", "tmpfs", str(folder)],
        capture_output=True,
        check=False,
    )
    return done.returncode == 0


def test_a_second_demo_in_the_same_folder_is_refused_and_the_first_goes_on(tmp_path):
    holder = subprocess.Popen(
        [
            sys.executable,
            "-c",
            HOLD_FOLDER,
            str(tmp_path),
        ],
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        with holder.stdout as said:
            assert said.readline() == "mine\n"
            sentence = refuse_beside(tmp_path)
            assert holder.poll() is None
    finally:
        holder.kill()
        holder.wait()

    assert f"process {holder.pid}" in sentence


def refuse_beside(home: Path) -> str:
    demo = RunningDemo(home)
    done = subprocess.run(
        demo.command, env=demo.environment, capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 1
    assert len(done.stderr.strip().splitlines()) == 1
    return done.stderr


def test_a_server_that_runs_on_the_data_folder_already_is_not_disturbed(tmp_path):
    server = EmbeddedPostgres(tmp_path / "postgres", throwaway=True)
    server.start()
    try:
        pid = server.pid
        demo = RunningDemo(tmp_path)
        done = subprocess.run(
            demo.command,
            env=demo.environment,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )

        assert done.returncode == 1
        assert "Another PostgreSQL" in done.stderr
        assert server.pid == pid
    finally:
        server.stop()


@pytest.mark.parametrize("arguments", [["--port", "eighty"], ["--port", "70000"], ["--nonsense"]])
def test_a_wrong_call_is_explained(tmp_path, arguments):
    demo = RunningDemo(tmp_path, *arguments)

    done = subprocess.run(
        demo.command, env=demo.environment, capture_output=True, text=True, timeout=60, check=False
    )

    assert done.returncode == 2
    assert "usage: satupintu" in done.stderr
    assert list(tmp_path.iterdir()) == []
