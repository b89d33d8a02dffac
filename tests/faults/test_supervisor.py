# SPDX-License-Identifier: Apache-2.0
"""Children that die are started again; when the supervisor ends, so does everything else."""

import json
import os
import signal
import stat
import time
import urllib.request

import jsonschema
import pytest

from satupintu.config.demo.description import read_schema
from tests.running_demo import RunningDemo, is_running, list_processes_of

pytestmark = pytest.mark.slow

LIMIT_SECONDS = 5


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    return tmp_path_factory.mktemp("country")


@pytest.fixture
def demo(home):
    """The same country, started anew for each test: that is what a second start is."""
    with RunningDemo(home) as running:
        yield running
    assert list_processes_of(home) == []


def wait_until(condition, *, seconds=20.0):
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.05)


def answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=2):
            return True
    except OSError:
        return False


def test_demo_json_keeps_to_its_schema_and_is_private(demo, home):
    path = home / "demo.json"

    jsonschema.validate(demo.content, read_schema())
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE((home / "secrets.json").stat().st_mode) == 0o600


def test_the_ready_lines_name_addresses_and_sign_ins(demo):
    content = demo.content

    for words in (
        "Ready in",
        content["portal"]["url"],
        content["mail"]["url"],
        *(agency["url"] for agency in content["agencies"]),
        *(person["email"] for person in content["people"]),
        *(person["password"] for person in content["people"]),
        *(person["totp_secret"] for person in content["people"] if person["totp_secret"]),
    ):
        assert words in demo.said


def test_everything_in_demo_json_answers(demo):
    content = demo.content

    assert answers(content["portal"]["url"])
    assert answers(content["mail"]["json_url"])
    for agency in content["agencies"]:
        assert answers(agency["url"])
    for pid in content["pids"].values():
        assert is_running(pid)


@pytest.mark.parametrize("signal_number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_one_signal_ends_everything_within_five_seconds(demo, home, signal_number):
    took = demo.stop(signal_number)

    assert took < LIMIT_SECONDS
    assert demo.process.returncode == 0
    assert list_processes_of(home) == []
    assert demo.content["pids"] == {}


def test_ctrl_c_while_it_starts_ends_everything(home):
    demo = RunningDemo(home)
    demo.launch()
    demo.wait_to_hear("PostgreSQL", seconds=30)

    took = demo.stop(signal.SIGINT)

    assert took < LIMIT_SECONDS
    assert demo.process.returncode == 0, demo.said
    assert list_processes_of(home) == []


def test_children_end_with_a_supervisor_that_was_killed_without_a_word(demo, home):
    os.kill(demo.process.pid, signal.SIGKILL)
    demo.process.wait()

    wait_until(lambda: list_processes_of(home) == [], seconds=10)


@pytest.mark.parametrize("name", ["web", "worker", "mail", "tax"])
def test_a_child_that_dies_is_started_again_and_said_so(demo, name):
    dead = demo.content["pids"][name]

    os.kill(dead, signal.SIGKILL)
    demo.wait_to_hear(f"{name} ended (SIGKILL)", seconds=10)
    wait_until(lambda: demo.content["pids"][name] != dead)

    assert is_running(demo.content["pids"][name])
    if name in {"web", "mail"}:
        content = demo.content
        address = content["portal"]["url"] if name == "web" else content["mail"]["json_url"]
        wait_until(lambda: answers(address))


def test_a_second_start_resumes_the_same_country(home):
    with RunningDemo(home) as first:
        before = first.content
    with RunningDemo(home) as second:
        after = second.content

    for part in ("portal", "mail", "agencies", "staff"):
        assert after[part] == before[part]
    for person, same in zip(before["people"], after["people"], strict=True):
        assert same["totp_secret"] == person["totp_secret"]
        assert [link["answers"] for link in same["links"]] == [
            link["answers"] for link in person["links"]
        ]


def test_reset_makes_another_country_and_touches_nothing_else(tmp_path):
    (tmp_path / "notes.txt").write_text("mine")
    with RunningDemo(tmp_path) as first:
        before = first.content

    with RunningDemo(tmp_path, "--port", "0", "--reset") as second:
        after = second.content

    secrets = {person["totp_secret"] for person in before["people"] if person["totp_secret"]}
    assert not secrets & {person["totp_secret"] for person in after["people"]}
    assert (tmp_path / "notes.txt").read_text() == "mine"
    assert json.loads((tmp_path / "secrets.json").read_text())
