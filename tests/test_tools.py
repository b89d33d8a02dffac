# SPDX-License-Identifier: Apache-2.0
"""The tools behind `make`: what they find, and what they say where something is missing."""

import re
import subprocess
from pathlib import Path

import pytest

from tools import browser, check, lint_migrations

ROOT = Path(__file__).resolve().parents[1]
MAKEFILE = (ROOT / "Makefile").read_text("utf-8")
TARGETS = ("setup", "demo", "test", "check", "journeys", "bench", "screenshots", "requirements")


def test_help_explains_every_target():
    said = subprocess.run(
        ["make", "--no-print-directory", "help"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout

    for target in TARGETS:
        assert re.search(rf"^  make {target} +\S+", said, re.MULTILINE), said


def test_ci_runs_tests_checks_and_journeys_and_fails_if_any_fails(tmp_path):
    (tmp_path / ".ci").mkdir()
    script = tmp_path / ".ci" / "run"
    script.write_text((ROOT / ".ci" / "run").read_text("utf-8"))
    # pytest's "no test was found" must fail the run as well.
    (tmp_path / "Makefile").write_text(
        "test:\n\t@echo ran test; exit 5\ncheck:\n\t@echo ran check\njourneys:\n\t@echo ran journeys $(CI)\n"
    )

    done = subprocess.run(
        ["bash", str(script)], capture_output=True, text=True, stdin=subprocess.DEVNULL, check=False
    )

    assert done.returncode == 1
    for words in ("ran test", "ran check", "ran journeys true", "Failed: test"):
        assert words in done.stdout


def test_ci_passes_when_all_pass(tmp_path):
    (tmp_path / ".ci").mkdir()
    script = tmp_path / ".ci" / "run"
    script.write_text((ROOT / ".ci" / "run").read_text("utf-8"))
    (tmp_path / "Makefile").write_text("test check journeys:\n\t@echo ran $@\n")

    done = subprocess.run(["bash", str(script)], capture_output=True, text=True, check=False)

    assert done.returncode == 0


@pytest.mark.parametrize(("in_ci", "code", "word"), [("", 75, "SKIPPED"), ("true", 1, "FAILED")])
def test_a_missing_browser_is_said_and_fails_in_ci_only(monkeypatch, capsys, in_ci, code, word):
    monkeypatch.setattr(browser, "find_browser", lambda: None)
    monkeypatch.setattr("sys.argv", ["browser.py", "--need"])
    monkeypatch.setenv("CI", in_ci)

    assert browser.main() == code
    said = capsys.readouterr().out
    assert word in said
    assert "apt-get install chromium" in said


def test_a_named_browser_is_used(monkeypatch):
    monkeypatch.setenv("SATUPINTU_CHROMIUM", "/bin/true")

    assert browser.find_browser() == "/bin/true"


def test_nothing_is_installed_by_somebody_who_may_not(monkeypatch):
    monkeypatch.setattr(browser, "find_browser", lambda: None)
    monkeypatch.setattr(browser.os, "geteuid", lambda: 1000)
    monkeypatch.setattr(browser.subprocess, "run", lambda *_a, **_k: pytest.fail("installed"))

    browser.install_browser()


def test_the_deployment_check_has_every_secret_of_its_own():
    assert {"SATUPINTU_SECRET_KEY", "SATUPINTU_HASH_KEY", "SATUPINTU_ENCRYPTION_KEYS"} <= set(
        check.PRODUCTION
    )
    assert check.PRODUCTION["SATUPINTU_PUBLIC_URL"].startswith("https://")


@pytest.mark.parametrize(
    ("name", "operation", "complaint"),
    [
        ("0002_rename", 'RenameField("letter", "a", "b")', "add, fill, switch"),
        ("0002_tidy", 'RemoveField(model_name="letter", name="old")', "NNNN_drop_"),
        ("0002_find", 'AddIndex("letter", models.Index(fields=["a"]))', "Concurrently"),
        ("0002_fill", "RunPython(fill)", "without a way back"),
        ("0002_auto_20261124", "", "named for what it does"),
    ],
)
def test_a_migration_that_would_break_the_last_release_is_refused(
    tmp_path, name, operation, complaint
):
    path = tmp_path / f"{name}.py"
    path.write_text(f"operations = [{f'migrations.{operation}' if operation else ''}]\n")

    complaints = lint_migrations.lint_migration(path)

    assert len(complaints) == 1
    assert complaint in complaints[0]


@pytest.mark.parametrize(
    ("name", "source"),
    [
        ("0001_initial", 'migrations.AddIndex("letter", models.Index(fields=["a"]))'),
        ("0003_drop_old", 'migrations.RemoveField("letter", "old")'),
        ("0002_find", 'AddIndexConcurrently("letter", models.Index(fields=["a"]))'),
        ("0002_fill", "migrations.RunPython(fill, migrations.RunPython.noop)"),
        (
            "0002_add_stamp",
            """migrations.CreateModel(name="Stamp", fields=[]),
            migrations.AddConstraint(model_name="stamp", constraint=one)""",
        ),
    ],
)
def test_a_migration_that_runs_beside_the_last_release_passes(tmp_path, name, source):
    path = tmp_path / f"{name}.py"
    path.write_text(f"operations = [{source}]\n")

    assert lint_migrations.lint_migration(path) == []
