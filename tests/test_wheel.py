# SPDX-License-Identifier: Apache-2.0
"""What a stranger does: install the wheel where nothing is, and start the country."""

import os
import subprocess
import sys
import urllib.request
import zipfile
from pathlib import Path

import jsonschema
import pytest

from satupintu.config.demo.description import read_schema
from tests.running_demo import RunningDemo, is_running

pytestmark = pytest.mark.slow

ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("dist")
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)],
        cwd=ROOT,
        check=True,
        capture_output=True,
    )
    (built,) = folder.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def names(wheel) -> set[str]:
    with zipfile.ZipFile(wheel) as archive:
        return set(archive.namelist())


@pytest.mark.parametrize(
    "pattern",
    [
        "satupintu/design/static/design/**/*.css",
        "satupintu/design/static/design/**/*.js",
        "satupintu/design/static/design/**/*.woff2",
        "satupintu/**/locale/id/LC_MESSAGES/django.mo",
        "satupintu/**/jinja2/**/*.html",
        "satupintu/trust/rulebook/policies/*.toml",
        "satupintu/config/demo/demo.schema.json",
        "satupintu/config/demo/pages/mail.*",
        "demo/people.toml",
        "demo/agency/definitions/*.toml",
    ],
)
def test_the_wheel_holds_what_pages_are_made_of(names, pattern):
    expected = {str(path.relative_to(ROOT)) for path in ROOT.glob(pattern) if path.is_file()}

    assert expected, f"nothing was built for {pattern}: run `make setup`"
    assert expected - names == set()


def test_the_wheel_holds_no_tests_and_nothing_of_this_machine(names):
    assert not [name for name in names if "/tests/" in name or "node_modules" in name]
    assert {name.split("/")[0] for name in names} <= {"satupintu", "demo"} | {
        name.split("/")[0] for name in names if ".dist-info/" in name
    }


def test_the_wheel_carries_its_licence(names):
    assert any(name.endswith(".dist-info/licenses/LICENSE") for name in names)


def test_an_empty_environment_an_empty_folder_and_one_command_make_a_country(
    wheel, tmp_path_factory
):
    place = tmp_path_factory.mktemp("stranger")
    environment = make_environment(place, wheel=wheel)
    empty = place / "empty"
    empty.mkdir()
    called = place / "node-was-called"
    traps = place / "traps"
    traps.mkdir()
    for name in ("node", "npm", "npx", "sass"):
        trap = traps / name
        trap.write_text(f"#!/bin/sh\ntouch {called}\nexit 1\n")
        trap.chmod(0o755)

    demo = RunningDemo(
        empty / ".satupintu",
        command=(str(environment / "bin" / "satupintu"),),
        environment={"PATH": f"{traps}:{environment / 'bin'}:/usr/sbin:/usr/bin:/sbin:/bin"},
        cwd=empty,
    )
    with demo:
        content = demo.content
        jsonschema.validate(content, read_schema())
        page = read(content["portal"]["url"])
        sheet = page.split('rel="stylesheet" href="')[1].split('"')[0]
        assert '<html lang="id"' in page
        assert "{" in read(content["portal"]["url"] + sheet)
        for agency in content["agencies"]:
            assert "Satu Pintu" in read(agency["url"])
        took = demo.stop()

    assert took < 5
    assert demo.process.returncode == 0, demo.said
    assert not [pid for pid in content["pids"].values() if is_running(pid)]
    assert not called.exists()
    assert [path.name for path in empty.iterdir()] == [".satupintu"]


def make_environment(place: Path, *, wheel: Path) -> Path:
    folder = place / "environment"
    subprocess.run([sys.executable, "-m", "venv", str(folder)], check=True)
    clean = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    for arguments in (
        ["--require-hashes", "-r", str(ROOT / "requirements" / "base.txt")],
        ["--no-deps", str(wheel)],
    ):
        subprocess.run(
            [str(folder / "bin" / "python"), "-m", "pip", "install", "--quiet", *arguments],
            check=True,
            env=clean | {"PIP_DISABLE_PIP_VERSION_CHECK": "1"},
        )
    return folder


def read(url: str) -> str:
    with urllib.request.urlopen(url, timeout=30) as answer:
        return answer.read().decode()
