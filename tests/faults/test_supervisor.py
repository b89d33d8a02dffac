# SPDX-License-Identifier: Apache-2.0
"""Children that die are started again; when the supervisor ends, so does everything else."""

import os
import signal
import stat
import time
import urllib.request
from collections.abc import Callable
from pathlib import Path

import jsonschema
import pytest

from satupintu.config.demo.description import read_schema
from tests.running_demo import RunningDemo, is_running, list_processes_of

pytestmark = pytest.mark.slow

LIMIT_SECONDS = 5


@pytest.fixture(scope="module")
def demo(tmp_path_factory):
    home = tmp_path_factory.mktemp("country")
    with RunningDemo(home) as running:
        yield running
    assert list_processes_of(home) == []


@pytest.fixture(scope="module")
def other_home(tmp_path_factory):
    """For tests that end their country."""
    return tmp_path_factory.mktemp("other-country")


def wait_until(condition: Callable[[], bool], *, seconds: float = 60.0) -> None:
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


def test_demo_json_keeps_to_its_schema_and_is_private(demo):
    jsonschema.validate(demo.content, read_schema())
    for name in ("demo.json", "secrets.json"):
        assert stat.S_IMODE((demo.home / name).stat().st_mode) == 0o600


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


def test_each_step_of_the_start_is_said_with_its_time(demo):
    for step in ("PostgreSQL", "tables, pages, people", "portal", "linking codes"):
        assert any(
            line.startswith(f"  {step}") and line.endswith(" s") for line in demo.said.splitlines()
        ), demo.said


def test_everything_in_demo_json_answers(demo):
    content = demo.content

    wait_until(lambda: answers(content["portal"]["url"]))
    wait_until(lambda: answers(content["mail"]["json_url"]))
    wait_until(lambda: answers(content["witness"]["key_url"]))
    for agency in content["agencies"]:
        wait_until(lambda agency=agency: answers(agency["url"]))
    wait_until(lambda: all(is_running(pid) for pid in demo.content["pids"].values()))


def test_portal_worker_and_postgresql_at_rest_fit_into_450_mb(demo):
    pids = demo.content["pids"]
    # Every process has served; one that was started anew a moment ago may need a moment.
    wait_until(lambda: all(answers(demo.content["portal"]["url"]) for _ in range(20)))

    used = {name: measure_memory(pids[name]) for name in ("web", "worker", "postgres")}

    assert sum(used.values()) < 450, used


def measure_memory(pid: int) -> float:
    """MB of a process and all below it; a page that several share is counted once in all."""
    rollup = Path(f"/proc/{pid}/smaps_rollup").read_text("ascii")
    size = next(int(line.split()[1]) for line in rollup.splitlines() if line.startswith("Pss:"))
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text("ascii").split()
    return size / 1024 + sum(measure_memory(int(child)) for child in children)


@pytest.mark.parametrize("name", ["web", "worker", "mail", "witness", "tax"])
def test_a_child_that_dies_is_started_again_and_said_so(demo, name):
    content = demo.content
    dead = content["pids"][name]
    addresses = {
        "web": content["portal"]["url"],
        "mail": content["mail"]["json_url"],
        "tax": next(one["url"] for one in content["agencies"] if one["slug"] == "tax"),
    }

    os.kill(dead, signal.SIGKILL)
    demo.wait_to_hear(f"{name} ended (SIGKILL)", seconds=10)
    wait_until(lambda: demo.content["pids"][name] != dead)

    assert is_running(demo.content["pids"][name])
    if name in addresses:
        wait_until(lambda: answers(addresses[name]))


def test_postgresql_that_dies_is_started_again_and_the_portal_answers(demo):
    dead = demo.content["pids"]["postgres"]

    os.kill(dead, signal.SIGQUIT)
    demo.wait_to_hear("PostgreSQL ended", seconds=10)
    wait_until(lambda: demo.content["pids"].get("postgres") not in {dead, None})

    wait_until(lambda: answers(demo.content["portal"]["url"]))


def test_one_signal_ends_everything_and_the_next_start_resumes_the_same_country(other_home):
    with RunningDemo(other_home) as first:
        before = first.content
        took = first.stop(signal.SIGTERM)

        assert took < LIMIT_SECONDS
        assert first.process.returncode == 0
        assert list_processes_of(other_home) == []
        assert first.content["pids"] == {}

    with RunningDemo(other_home) as second:
        after = second.content
        took = second.stop(signal.SIGINT)

        assert took < LIMIT_SECONDS
        assert second.process.returncode == 0
        assert list_processes_of(other_home) == []

    for part in ("portal", "mail", "agencies"):
        assert after[part] == before[part]
    for member, same in zip(before["staff"], after["staff"], strict=True):
        # An invitation opens once, so each start writes a new one.
        assert {**same, "join_url": ""} == {**member, "join_url": ""}
        assert same["join_url"] != member["join_url"]
    for person, same in zip(before["people"], after["people"], strict=True):
        assert same["totp_secret"] == person["totp_secret"]
        for link, same_link in zip(person["links"], same["links"], strict=True):
            assert same_link["answers"] == link["answers"]
            assert same_link["code"] != link["code"]


def test_children_end_with_a_supervisor_that_was_killed_without_a_word(other_home):
    with RunningDemo(other_home) as demo:
        os.kill(demo.process.pid, signal.SIGKILL)
        demo.process.wait()

        wait_until(lambda: list_processes_of(other_home) == [], seconds=30)


def test_ctrl_c_while_it_starts_ends_everything(other_home):
    demo = RunningDemo(other_home)
    demo.launch()
    demo.wait_to_hear("PostgreSQL", seconds=30)

    took = demo.stop(signal.SIGINT)

    assert took < LIMIT_SECONDS
    assert demo.process.returncode == 0, demo.said
    assert list_processes_of(other_home) == []
