# SPDX-License-Identifier: Apache-2.0
import logging

import pytest
from django.core.management import CommandError, call_command

from satupintu.foundation.audit import actions, tasks
from satupintu.foundation.audit.models import AccessRecord, Head, Tile
from satupintu.foundation.audit.tests.logs import NOON, look, sequence_all

pytestmark = pytest.mark.django_db
AT = int(NOON.timestamp())


@pytest.fixture
def log(db):
    for number in range(20):
        look(number=number)
    sequence_all()
    actions.sign_head(at=NOON)


def test_a_whole_log_is_said_to_be_whole(log, capsys):
    call_command("accesslog", "check")

    said = capsys.readouterr().out
    assert "Reading 20 lines" in said
    assert "The access log is whole." in said


def damage(kind):
    match kind:
        case "a line":
            AccessRecord.objects.filter(leaf_index=7).update(what="bank account")
        case "the last line":
            AccessRecord.objects.filter(leaf_index=19).delete()
        case "the tree":
            Tile.objects.update(hashes=b"\0" * 640)
        case "a head":
            Head.objects.update(root="00" * 32)


@pytest.mark.parametrize("kind", ["a line", "the last line", "the tree", "a head"])
def test_safety_20_the_command_names_every_fault_and_fails(log, capsys, kind):
    damage(kind)

    with pytest.raises(CommandError, match="NOT whole") as refused:
        call_command("accesslog", "check")

    said = capsys.readouterr().out
    assert refused.value.returncode == 1
    assert "leaf" in said or "leaves" in said
    assert "melihat" not in said


@pytest.mark.parametrize("kind", ["a line", "the last line", "the tree", "a head"])
def test_safety_20_the_nightly_check_ends_as_a_failed_job(log, caplog, kind):
    damage(kind)

    with pytest.raises(tasks.LogNotWhole, match="satupintu accesslog check"):
        tasks.check_log(timestamp=AT)

    assert any("audit.log_not_whole" in record.message for record in caplog.records)
    assert tasks.check_log.retry_strategy is None


def test_a_log_that_is_broken_everywhere_does_not_fill_the_disk(log, caplog):
    AccessRecord.objects.update(what="another")
    for number in range(20):
        look(number=number)
    sequence_all()
    AccessRecord.objects.update(what="another")

    with pytest.raises(tasks.LogNotWhole, match="40 faults"):
        tasks.check_log(timestamp=AT)

    assert sum("log_not_whole" in record.message for record in caplog.records) == 20


def test_the_nightly_check_says_that_all_is_well(log, caplog):
    with caplog.at_level(logging.INFO):
        tasks.check_log(timestamp=AT)

    assert "audit.log_is_whole size=20" in caplog.text
