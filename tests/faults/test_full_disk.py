# SPDX-License-Identifier: Apache-2.0
"""A disk that is really full while letters arrive: a small one, mounted for this test."""

import hashlib
import json
import os
import subprocess
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from pypdf.generic import StreamObject

from satupintu.dealings.inbox.models import AcceptedKey, Document, Message
from satupintu.dealings.inbox.tests.factories import make_pdf, make_subject, make_token
from satupintu.foundation.outbox.models import Event
from satupintu.trust.accounts.tests.factories import AccountFactory
from satupintu.trust.agencies.tests.factories import AgencyFactory, ClientFactory
from satupintu.trust.rulebook.actions import seed_rulebook

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]


def mount(folder: Path, *, size: str, again: bool = False) -> bool:
    options = f"size={size}" + (",remount" if again else "")
    command = ["mount", "-t", "tmpfs", "-o", options, "tmpfs", str(folder)]
    return subprocess.run(command, capture_output=True, check=False).returncode == 0


@pytest.fixture
def small_disk(tmp_path):
    """A disk of 16 MB on which PostgreSQL keeps letters and their documents."""
    with connection.cursor() as cursor:
        cursor.execute("SHOW data_directory")
        data = Path(cursor.fetchone()[0])
    disk = data.with_name("small-disk")
    if os.geteuid() != 0 or not data.exists():
        pytest.skip("a small disk is mounted by root, beside a PostgreSQL on this machine")
    disk.mkdir()
    if not mount(disk, size="16m"):
        disk.rmdir()
        pytest.skip("this machine lets nobody mount a small disk (mount -t tmpfs)")
    owner = data.stat()
    os.chown(disk, owner.st_uid, owner.st_gid)
    try:
        with connection.cursor() as cursor:
            cursor.execute(f"CREATE TABLESPACE small LOCATION '{disk}'")
            for table in ("inbox_message", "inbox_document"):
                cursor.execute(f"ALTER TABLE {table} SET TABLESPACE small")
        yield disk
        with connection.cursor() as cursor:
            cursor.execute("TRUNCATE inbox_message, inbox_document")
            for table in ("inbox_message", "inbox_document"):
                cursor.execute(f"ALTER TABLE {table} SET TABLESPACE pg_default")
            cursor.execute("DROP TABLESPACE small")
    finally:
        subprocess.run(["umount", "-l", str(disk)], check=False)
        disk.rmdir()


def make_large_pdf(number: int) -> bytes:
    def write(writer):
        stream = StreamObject()
        stream._data = hashlib.shake_256(str(number).encode()).digest(3_000_000)
        writer._add_object(stream)

    return make_pdf(write=write)


def test_what_was_acknowledged_is_whole_and_what_was_not_is_not_there(client, small_disk):
    seed_rulebook()
    agency = AgencyFactory()
    token = make_token(ClientFactory(agency=agency))
    subject = make_subject(account=AccountFactory(), agency=agency.slug, sector=agency.sector)

    def send(number: int):
        parts = {
            "message": json.dumps({"subject": subject, "title": f"Surat ke-{number}"}),
            "document": SimpleUploadedFile("surat.pdf", make_large_pdf(number)),
        }
        headers = {"Authorization": f"Bearer {token}", "Idempotency-Key": f"surat-{number}"}
        return client.post("/api/v1/messages", parts, headers=headers)

    answers = {number: send(number) for number in range(8)}

    accepted = {number for number, answer in answers.items() if answer.status_code == 201}
    refused = answers.keys() - accepted
    assert accepted
    assert refused
    for number in refused:
        assert answers[number].status_code == 503
        assert answers[number].headers["Content-Type"] == "application/problem+json"
    titles = set(Message.objects.values_list("title", flat=True))
    assert titles == {f"Surat ke-{number}" for number in accepted}
    assert AcceptedKey.objects.count() == len(accepted)
    assert Event.objects.filter(type="inbox.message_received").count() == len(accepted)
    documents = Document.objects.all()
    assert len(documents) == len(accepted)
    for document in documents:
        content = bytes(document.content)
        assert len(content) == document.size
        assert hashlib.sha256(content).hexdigest() == document.sha256

    # Somebody makes room, and the agency sends again what was not acknowledged.
    assert mount(small_disk, size="64m", again=True)
    assert {send(number).status_code for number in refused} == {201}
    assert {send(number).status_code for number in accepted} == {200}
    assert Message.objects.count() == len(answers)
