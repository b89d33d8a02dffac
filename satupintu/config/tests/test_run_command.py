# SPDX-License-Identifier: Apache-2.0
import os
import signal
import subprocess
import sys

import pytest

from satupintu.config import command, programs
from satupintu.config.demo import seeding, supervisor
from satupintu.config.demo.home import HomeRefusal
from satupintu.foundation.postgres import PostgresRefusal
from tests.running_demo import is_running


@pytest.mark.parametrize("arguments", [[], ["--help"]])
def test_help_names_every_command(capsys, arguments):
    try:
        code = command.main(arguments)
    except SystemExit as end:
        code = end.code

    said = capsys.readouterr().out
    assert code == 0
    assert all(name in said for name in command.OURS)
    assert "DATABASE_URL" in said


@pytest.mark.parametrize("name", ["demo", "web", "worker", "migrate"])
def test_each_command_explains_itself(capsys, name):
    with pytest.raises(SystemExit) as end:
        command.main([name, "--help"])

    assert end.value.code == 0
    assert command.OURS[name] in capsys.readouterr().out


@pytest.mark.parametrize(
    "arguments",
    [["web", "--port", "eighty"], ["web", "--workers", "0"], ["demo", "--port", "65536"]],
)
def test_a_wrong_number_is_explained(capsys, arguments):
    with pytest.raises(SystemExit) as end:
        command.main(arguments)

    assert end.value.code == 2
    assert "is no" in capsys.readouterr().err


@pytest.mark.parametrize("refusal", [HomeRefusal("No room."), PostgresRefusal("No room.")])
def test_a_refusal_is_one_sentence_and_exit_code_1(capsys, monkeypatch, refusal):
    def refuse(_options):
        raise refusal

    monkeypatch.setattr(command, "_demo", refuse)

    assert command.main(["demo"]) == 1
    assert capsys.readouterr().err == "satupintu: No room.\n"


def test_demo_gets_its_options(monkeypatch, tmp_path):
    got = {}
    monkeypatch.setenv("SATUPINTU_HOME", str(tmp_path))
    monkeypatch.setattr(
        "satupintu.config.demo.start.run_demo", lambda **options: got.update(options) or 0
    )

    assert command.main(["demo", "--port", "0", "--reset", "--workers", "3"]) == 0
    assert got == {"home": tmp_path, "port": 0, "reset": True, "web_workers": 3}


def test_any_other_name_is_a_management_command(monkeypatch):
    got = []
    monkeypatch.setattr(command, "_run_django", lambda arguments: got.append(arguments) or 0)

    command.main(["rotate-secrets"])
    command.main(["client", "add", "--agency", "tax"])
    command.main(["showmigrations", "--plan"])

    assert got == [
        ["rotate_secrets"],
        ["client", "add", "--agency", "tax"],
        ["showmigrations", "--plan"],
    ]


@pytest.mark.slow
def test_an_installation_without_its_secrets_is_refused_before_a_database_is_made(tmp_path):
    environment = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith("SATUPINTU_") and name != "DATABASE_URL"
    } | {"SATUPINTU_HOME": str(tmp_path), "SATUPINTU_PUBLIC_URL": "https://satupintu.example"}

    done = subprocess.run(
        [sys.executable, "-m", "satupintu.config.command", "migrate"],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 1
    assert done.stderr.startswith("satupintu: Set SATUPINTU_SECRET_KEY")
    assert len(done.stderr.splitlines()) == 1
    assert list(tmp_path.iterdir()) == []


def test_a_given_database_is_used_and_left_alone(monkeypatch, tmp_path):
    monkeypatch.setenv("DATABASE_URL", "postgresql://elsewhere/satupintu")

    with programs.open_database(home=tmp_path):
        assert os.environ["DATABASE_URL"] == "postgresql://elsewhere/satupintu"

    assert list(tmp_path.iterdir()) == []


@pytest.mark.slow
def test_without_one_the_folders_own_database_runs_as_long_as_the_command(monkeypatch, tmp_path):
    monkeypatch.delenv("DATABASE_URL")

    with programs.open_database(home=tmp_path):
        url = os.environ["DATABASE_URL"]
        # A second command meanwhile speaks to the same server and leaves it running.
        monkeypatch.delenv("DATABASE_URL")
        with programs.open_database(home=tmp_path):
            assert os.environ["DATABASE_URL"] == url
        assert (tmp_path / "postgres" / "postmaster.pid").exists()
        os.environ["DATABASE_URL"] = url

    assert "DATABASE_URL" not in os.environ
    assert not (tmp_path / "postgres" / "postmaster.pid").exists()


@pytest.mark.parametrize(
    ("code", "words"), [(0, "exit code 0"), (3, "exit code 3"), (-9, "SIGKILL"), (-99, "signal 99")]
)
def test_how_a_child_ended_is_said_in_words(code, words):
    assert supervisor._describe_exit(code) == words


def test_a_child_that_keeps_dying_is_started_ever_more_slowly(tmp_path):
    said = []
    keeper = supervisor.Supervisor(say=said.append)
    child = keeper.add("odd", ["/bin/false"], dict(os.environ), tmp_path / "logs" / "odd.log")

    for _ in range(3):
        child.process.wait()
        keeper.look_after()
        child.due_at = 0.0
        keeper.look_after()
    child.process.wait()
    keeper.stop()

    assert [line.split("again in ")[1].split(";")[0] for line in said] == ["0.5 s", "1 s", "2 s"]
    assert child.deaths == 3


def test_a_child_that_had_recovered_is_started_again_at_once(tmp_path):
    said = []
    keeper = supervisor.Supervisor(say=said.append)
    child = keeper.add("odd", ["/bin/false"], dict(os.environ), tmp_path / "logs" / "odd.log")
    child.process.wait()
    child.delay = 16.0
    child.started_at -= supervisor.RECOVERED_AFTER_SECONDS + 1

    keeper.look_after()

    assert child.delay == 1.0
    assert "again in 0.5 s" in said[0]


def test_what_a_dead_child_had_started_does_not_outlive_it(tmp_path):
    keeper = supervisor.Supervisor(say=lambda _line: None)
    script = "sleep 60 & echo $!; exit 1"
    log = tmp_path / "logs" / "odd.log"
    child = keeper.add("odd", ["/bin/sh", "-c", script], dict(os.environ), log)
    child.process.wait()
    grandchild = int(log.read_text())

    keeper.look_after()

    for _ in range(200):
        if not is_running(grandchild):
            break
        keeper.pause(0.05)
    assert not is_running(grandchild)


def test_a_child_deaf_to_requests_is_told(tmp_path, monkeypatch):
    monkeypatch.setattr(supervisor, "GRACE_SECONDS", 0.3)
    keeper = supervisor.Supervisor(say=lambda _line: None)
    deaf = ["/bin/sh", "-c", "trap '' TERM; echo deaf; while :; do sleep 0.1; done"]
    log = tmp_path / "logs" / "deaf.log"
    child = keeper.add("deaf", deaf, dict(os.environ), log)
    while "deaf" not in log.read_text():
        keeper.pause(0.02)

    keeper.stop()

    assert child.process.returncode == -signal.SIGKILL


def test_an_errand_answers_what_it_was_given():
    keeper = supervisor.Supervisor(say=lambda _line: None)
    errand = supervisor.Errand(["/bin/cat"], environment=dict(os.environ), given=b"halo")

    keeper.await_errands([errand])

    assert errand.read() == ("halo", "")


def test_an_errand_ends_when_everything_is_to_stop():
    keeper = supervisor.Supervisor(say=lambda _line: None)
    errand = supervisor.Errand(["/bin/sleep", "60"], environment=dict(os.environ))
    keeper.stopping = True

    with pytest.raises(supervisor.Interrupted):
        keeper.await_errands([errand])

    assert errand.process.returncode == -signal.SIGKILL


def test_a_log_that_has_grown_large_is_set_aside(tmp_path, monkeypatch):
    monkeypatch.setattr(supervisor, "LARGEST_LOG", 10)
    log = tmp_path / "logs" / "odd.log"
    log.parent.mkdir()
    log.write_text("old words, many of them")

    keeper = supervisor.Supervisor(say=lambda _line: None)
    keeper.add("odd", ["/bin/echo", "new"], dict(os.environ), log).process.wait()

    assert log.read_text() == "new\n"
    assert log.with_suffix(".log.1").read_text() == "old words, many of them"


def test_totp_secrets_are_the_same_at_every_start_and_differ_between_people():
    one = seeding._totp_secret("sari@surel.nusa")

    assert seeding._totp_secret("sari@surel.nusa") == one
    assert seeding._totp_secret("raden@surel.nusa") != one
    assert len(one) == 32
