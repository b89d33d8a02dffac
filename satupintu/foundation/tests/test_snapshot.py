# SPDX-License-Identifier: Apache-2.0
from satupintu.foundation.snapshot import Snapshot


def test_a_snapshot_is_read_once_until_it_is_too_old(settings, monkeypatch):
    settings.SNAPSHOT_SECONDS = 30.0
    now = [1000.0]
    monkeypatch.setattr("satupintu.foundation.snapshot.time.monotonic", lambda: now[0])
    loads = []
    snapshot = Snapshot(lambda: loads.append(1) or len(loads))

    first, second = snapshot.read(), snapshot.read()
    now[0] += 30.0
    third = snapshot.read()

    assert (first, second, third) == (1, 1, 2)


def test_a_forgotten_snapshot_is_read_again(settings):
    settings.SNAPSHOT_SECONDS = 30.0
    values = iter([1, 2])
    snapshot = Snapshot(lambda: next(values))
    snapshot.read()

    snapshot.forget()

    assert snapshot.read() == 2
