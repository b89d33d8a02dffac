# SPDX-License-Identifier: Apache-2.0
import json
import os
import socket
import stat

import pytest

from satupintu.config.demo import home as home_module
from satupintu.config.demo.home import DemoHome, HomeRefusal, Ports, is_taken, read_json, write_json

SLUGS = ["tax", "health"]


def test_secrets_are_made_once_and_are_private(tmp_path):
    first = DemoHome(tmp_path).read_secrets()
    second = DemoHome(tmp_path).read_secrets()

    assert first == second
    assert stat.S_IMODE((tmp_path / "secrets.json").stat().st_mode) == 0o600


def test_registers_and_logs_are_behind_doors_that_only_their_owner_opens(tmp_path):
    country = DemoHome(tmp_path / "country")

    country.claim()
    country.close_doors()

    for folder in (country.agencies, country.logs):
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700


def test_secrets_differ_between_countries(tmp_path):
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()

    one, other = DemoHome(tmp_path / "a").read_secrets(), DemoHome(tmp_path / "b").read_secrets()

    assert all(one[name] != other[name] for name in one)


def test_safety_27_the_demos_secrets_are_such_that_production_refuses_them(tmp_path):
    secrets = DemoHome(tmp_path).read_secrets()

    assert secrets["SATUPINTU_SECRET_KEY"].startswith("demo-")
    assert secrets["SATUPINTU_HASH_KEY"].startswith("demo-")


def test_the_ports_follow_the_portals(tmp_path, monkeypatch):
    monkeypatch.setattr(home_module, "is_taken", lambda _port: False)

    ports = DemoHome(tmp_path).choose_ports(wanted=9000, slugs=SLUGS)

    assert ports == Ports(9000, 9025, 9026, 9027, {"tax": 9101, "health": 9102}, 9120)


def test_without_a_wish_the_portal_is_at_8000(tmp_path, monkeypatch):
    monkeypatch.setattr(home_module, "is_taken", lambda _port: False)

    assert DemoHome(tmp_path).choose_ports(wanted=None, slugs=SLUGS).portal == 8000


def test_a_country_keeps_its_ports(tmp_path, monkeypatch):
    monkeypatch.setattr(home_module, "is_taken", lambda _port: False)
    first = DemoHome(tmp_path).choose_ports(wanted=9000, slugs=SLUGS)

    assert DemoHome(tmp_path).choose_ports(wanted=None, slugs=SLUGS) == first
    assert DemoHome(tmp_path).choose_ports(wanted=0, slugs=SLUGS) == first


def test_free_ports_are_all_different_and_free(tmp_path):
    ports = DemoHome(tmp_path).choose_ports(wanted=0, slugs=SLUGS)

    assert len(set(ports.all())) == 5 + len(SLUGS)
    assert not any(is_taken(port) for port in ports.all())


def test_free_ports_that_were_taken_meanwhile_are_chosen_anew(tmp_path):
    first = DemoHome(tmp_path).choose_ports(wanted=0, slugs=SLUGS)

    with socket.create_server(("127.0.0.1", first.mail)):
        second = DemoHome(tmp_path).choose_ports(wanted=0, slugs=SLUGS)

    assert first.mail not in second.all()


def test_another_agency_more_means_other_ports(tmp_path, monkeypatch):
    monkeypatch.setattr(home_module, "is_taken", lambda _port: False)
    DemoHome(tmp_path).choose_ports(wanted=9000, slugs=["tax"])

    ports = DemoHome(tmp_path).choose_ports(wanted=None, slugs=SLUGS)

    assert set(ports.agencies) == set(SLUGS)


def test_a_taken_port_of_an_agency_is_named_too(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        wanted = taken.getsockname()[1] - 101
        if wanted < 1024:
            pytest.skip("the system gave a port too low for this")

        with pytest.raises(HomeRefusal, match="is taken"):
            DemoHome(tmp_path).choose_ports(wanted=wanted, slugs=SLUGS)

    assert not (tmp_path / "ports.json").exists()


def test_reset_deletes_the_country_and_nothing_else(tmp_path):
    country = DemoHome(tmp_path)
    country.claim()
    country.read_secrets()
    for folder in ("postgres", "agencies", "logs", "static"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "something").write_text("of the demo")
    (tmp_path / "demo.json").write_text("{}")
    (tmp_path / "notes.txt").write_text("mine")

    country.reset()

    assert sorted(path.name for path in tmp_path.iterdir()) == ["lock", "notes.txt"]


def test_a_folder_has_one_holder_at_a_time(tmp_path):
    holder = DemoHome(tmp_path)
    holder.claim()

    with pytest.raises(HomeRefusal, match=f"process {os.getpid()}"):
        DemoHome(tmp_path).claim()


def test_json_is_written_whole_or_not_at_all(tmp_path):
    path = tmp_path / "kept.json"
    write_json(path, {"word": "lama"})

    with pytest.raises(TypeError):
        write_json(path, {"word": object()})

    assert read_json(path) == {"word": "lama"}
    assert [one.name for one in tmp_path.iterdir()] == ["kept.json"]


def test_a_disk_that_fills_up_while_writing_is_named_and_the_old_file_stays(tmp_path, monkeypatch):
    path = tmp_path / "kept.json"
    write_json(path, {"word": "lama"})

    def full(_number):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(home_module.os, "fsync", full)

    with pytest.raises(HomeRefusal, match="is full"):
        write_json(path, {"word": "baru"})
    assert json.loads(path.read_text()) == {"word": "lama"}
    assert [one.name for one in tmp_path.iterdir()] == ["kept.json"]


def test_another_command_joins_the_country_of_the_folder(tmp_path, monkeypatch):
    country = DemoHome(tmp_path)
    country.read_secrets()
    ports = country.choose_ports(wanted=0, slugs=SLUGS)
    for name in country.environment(ports):
        monkeypatch.delenv(name, raising=False)

    country.join()
    joined = {name: os.environ.pop(name) for name in country.environment(ports)}

    assert joined["SATUPINTU_PUBLIC_URL"] == f"http://localhost:{ports.portal}"
    assert joined["SATUPINTU_DEMO"] == "1"


def test_a_command_of_an_installation_with_its_own_secrets_joins_no_demo(tmp_path, monkeypatch):
    country = DemoHome(tmp_path)
    country.read_secrets()
    country.choose_ports(wanted=0, slugs=SLUGS)
    monkeypatch.setenv("SATUPINTU_SECRET_KEY", "of an installation")
    monkeypatch.delenv("SATUPINTU_DEMO", raising=False)

    country.join()

    assert "SATUPINTU_DEMO" not in os.environ


def test_a_folder_without_a_country_changes_nothing(tmp_path, monkeypatch):
    monkeypatch.delenv("SATUPINTU_SECRET_KEY", raising=False)
    monkeypatch.delenv("SATUPINTU_DEMO", raising=False)

    DemoHome(tmp_path).join()

    assert "SATUPINTU_DEMO" not in os.environ
    assert list(tmp_path.iterdir()) == []
