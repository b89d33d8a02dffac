# SPDX-License-Identifier: Apache-2.0
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import psycopg
import pytest

from satupintu.foundation.postgres import EmbeddedPostgres, PostgresRefusal
from satupintu.foundation.postgres import server as server_module
from satupintu.foundation.postgres.owner import (
    LONGEST_SOCKET_PATH,
    Owner,
    choose_owner,
    open_way,
    socket_folder_for,
)

pytestmark = pytest.mark.slow


@pytest.fixture
def running(tmp_path):
    server = EmbeddedPostgres(tmp_path / "postgres", throwaway=True)
    server.start()
    yield server
    server.stop()


def test_what_was_written_is_there_after_a_stop_and_a_start(tmp_path):
    server = EmbeddedPostgres(tmp_path / "postgres")
    try:
        with psycopg.connect(server.start(), autocommit=True) as connection:
            connection.execute("CREATE TABLE kept (word text)")
            connection.execute("INSERT INTO kept VALUES ('Nusa')")
        server.stop()

        again = EmbeddedPostgres(tmp_path / "postgres")
        with psycopg.connect(again.start()) as connection:
            row = connection.execute("SELECT word FROM kept").fetchone()
        again.stop()
    finally:
        server.stop()

    assert row == ("Nusa",)


def test_what_was_committed_survives_a_server_that_was_killed(tmp_path):
    server = EmbeddedPostgres(tmp_path / "postgres")
    with psycopg.connect(server.start(), autocommit=True) as connection:
        connection.execute("CREATE TABLE kept (word text)")
        connection.execute("INSERT INTO kept VALUES ('Nusa')")
    os.kill(server.pid, signal.SIGKILL)
    server.process.wait()

    again = EmbeddedPostgres(tmp_path / "postgres")
    try:
        with psycopg.connect(again.start()) as connection:
            row = connection.execute("SELECT word FROM kept").fetchone()
    finally:
        again.stop()

    assert row == ("Nusa",)


def test_it_listens_on_no_network_address(running):
    with psycopg.connect(running.url) as connection:
        row = connection.execute("SHOW listen_addresses").fetchone()

    assert row == ("",)


def test_only_its_owner_enters_the_folder_of_the_socket(running):
    folder = running._sockets

    assert folder.stat().st_mode & 0o077 == 0


def test_text_is_compared_by_code_point_everywhere_alike(running):
    with psycopg.connect(running.url) as connection:
        row = connection.execute(
            "SELECT datlocprovider::text, pg_encoding_to_char(encoding) FROM pg_database"
            " WHERE datname = current_database()"
        ).fetchone()

    assert row == ("b", "UTF8")


def test_its_pid_is_known_to_another_program_while_it_runs(running):
    other = EmbeddedPostgres(running.folder)

    assert other.pid == running.process.pid
    running.stop()
    assert other.pid is None


def test_a_second_server_on_the_same_folder_is_refused(running, monkeypatch):
    other = EmbeddedPostgres(running.folder, throwaway=True)
    monkeypatch.setattr(other, "_wait_for_predecessor", lambda *, seconds: patience(other))

    with pytest.raises(PostgresRefusal, match=f"process {running.pid}"):
        other.start()

    assert running.process.poll() is None


def patience(server: EmbeddedPostgres) -> None:
    EmbeddedPostgres._wait_for_predecessor(server, seconds=0.2)


def test_a_predecessor_that_is_ending_is_waited_for(tmp_path):
    first = EmbeddedPostgres(tmp_path / "postgres", throwaway=True)
    first.start()
    first.process.send_signal(signal.SIGINT)

    second = EmbeddedPostgres(tmp_path / "postgres", throwaway=True)
    try:
        second.start()
        assert second.pid == second.process.pid
    finally:
        second.stop()
        first.process.wait()


def test_a_stale_pid_file_of_another_program_is_no_server(tmp_path):
    folder = tmp_path / "postgres"
    folder.mkdir()
    # This test's own process lives, and is no PostgreSQL.
    (folder / "postmaster.pid").write_text(f"{os.getpid()}\n")

    assert EmbeddedPostgres(folder).pid is None


def test_a_damaged_pid_file_is_no_server(tmp_path):
    folder = tmp_path / "postgres"
    folder.mkdir()
    (folder / "postmaster.pid").write_text("what?\n")

    assert EmbeddedPostgres(folder).pid is None


def test_an_initialisation_cut_short_leaves_nothing_that_stops_the_next(tmp_path):
    beginning = tmp_path / "postgres.beginning"
    beginning.mkdir()
    (beginning / "PG_VERSION").write_text("18\n")
    server = EmbeddedPostgres(tmp_path / "postgres", throwaway=True)

    try:
        server.start()
    finally:
        server.stop()

    assert not beginning.exists()
    assert server.check_folder() is True


def test_an_empty_folder_is_initialised(tmp_path):
    (tmp_path / "postgres").mkdir()
    server = EmbeddedPostgres(tmp_path / "postgres", throwaway=True)

    try:
        assert server.check_folder() is False
        server.start()
    finally:
        server.stop()


@pytest.mark.parametrize(
    ("version", "word"), [("19", "newer"), ("17", "pg_upgrade"), ("nonsense", "pg_upgrade")]
)
def test_data_of_another_version_is_refused_and_left_alone(tmp_path, version, word):
    folder = tmp_path / "postgres"
    (folder / "global").mkdir(parents=True)
    (folder / "PG_VERSION").write_text(f"{version}\n")
    (folder / "global" / "pg_control").write_text("")

    with pytest.raises(PostgresRefusal, match=word):
        EmbeddedPostgres(folder).start()

    assert sorted(path.name for path in tmp_path.rglob("*")) == [
        "PG_VERSION",
        "global",
        "pg_control",
        "postgres",
    ]


def test_a_half_initialised_folder_is_refused_and_left_alone(tmp_path):
    folder = tmp_path / "postgres"
    folder.mkdir()
    (folder / "PG_VERSION").write_text("18\n")

    with pytest.raises(PostgresRefusal, match="half-initialised"):
        EmbeddedPostgres(folder).start()

    assert [path.name for path in folder.iterdir()] == ["PG_VERSION"]


def test_a_disk_with_too_little_room_is_refused_before_anything_is_written(tmp_path, monkeypatch):
    full = shutil.disk_usage(tmp_path)._replace(free=1024 * 1024)
    monkeypatch.setattr(server_module.shutil, "disk_usage", lambda _path: full)

    with pytest.raises(PostgresRefusal, match="is full: 1 MB are free"):
        EmbeddedPostgres(tmp_path / "postgres").start()

    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("output", "sentence"),
    [
        ("initdb: error: could not write file: No space left on device", "is full."),
        ("FATAL: could not open file: Permission denied", "can't be written by PostgreSQL."),
        ("x\n2026 UTC [1] FATAL:  lock file is odd.\n", "would not start in /d: lock file is odd."),
        ("", "would not start in /d: no reason given."),
    ],
)
def test_what_postgresql_says_becomes_one_sentence(output, sentence):
    said = server_module._explain_output(output, Path("/d"))

    assert said.endswith(sentence)
    assert "\n" not in said


def test_a_path_too_long_for_a_socket_gets_a_short_one(tmp_path):
    deep = tmp_path / ("x" * 60) / ("y" * 60) / "postgres"
    server = EmbeddedPostgres(deep, throwaway=True)

    try:
        with psycopg.connect(server.start()) as connection:
            assert connection.execute("SELECT 1").fetchone() == (1,)
        sockets = server._sockets
        assert sockets != deep
        assert sockets.stat().st_mode & 0o077 == 0
    finally:
        server.stop()
        shutil.rmtree(server._sockets, ignore_errors=True)


def test_a_short_path_holds_its_own_socket():
    folder = Path("/srv/satupintu/postgres")

    assert socket_folder_for(folder) == folder
    assert len(str(socket_folder_for(Path("/" + "z" * 200)))) < LONGEST_SOCKET_PATH


def test_the_server_ends_when_the_program_that_started_it_is_killed(tmp_path):
    program = (
        "import sys, time; from pathlib import Path\n"
        "from satupintu.foundation.postgres import EmbeddedPostgres\n"
        "server = EmbeddedPostgres(Path(sys.argv[1]), throwaway=True); server.start()\n"
        "print(server.pid, flush=True); time.sleep(60)\n"
    )
    parent = subprocess.Popen(
        [sys.executable, "-c", program, str(tmp_path / "postgres")],
        stdout=subprocess.PIPE,
        text=True,
    )
    with parent.stdout as said:
        pid = int(said.readline())
    parent.kill()
    parent.wait()

    deadline = time.monotonic() + 10
    server = EmbeddedPostgres(tmp_path / "postgres")
    while server.pid == pid:
        assert time.monotonic() < deadline
        time.sleep(0.05)


def test_root_never_runs_it_as_root(tmp_path):
    owner = choose_owner(None)

    if os.geteuid() == 0:
        assert owner.uid not in {0, None}
    else:
        assert owner == Owner()


def test_data_keeps_the_owner_it_has(tmp_path):
    if os.geteuid() != 0:
        pytest.skip("only root chooses an owner")
    os.chown(tmp_path, 4242, 4242)

    assert choose_owner(tmp_path) == Owner(4242, 4242)


def test_the_way_is_opened_for_walking_and_not_for_listing(tmp_path):
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)

    open_way(Owner(4242, 4242), closed)

    assert closed.stat().st_mode & 0o077 == 0o001


def test_nothing_is_opened_for_somebody_who_runs_it_as_herself(tmp_path):
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)

    open_way(Owner(), closed)

    assert closed.stat().st_mode & 0o077 == 0
