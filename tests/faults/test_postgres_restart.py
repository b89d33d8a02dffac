# SPDX-License-Identifier: Apache-2.0
"""PostgreSQL restarts while agencies send letters: what was acknowledged is there, once, and
everything goes on."""

import json
import os
import signal
import subprocess
import sys
import threading
import time
import uuid
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import psycopg
import pytest
from joserfc import jwt
from joserfc.jwk import ECKey

from satupintu.foundation.postgres import EmbeddedPostgres
from tests.running_demo import RunningDemo

pytestmark = pytest.mark.slow

SENDERS = 2
LETTERS_EACH = 60
PATIENCE_SECONDS = 90

# As if Sari had joined her tax record: what the journeys do with a browser, in two rows.
JOIN_RECORD = """
import json
from django.utils import timezone
from satupintu.dealings.linking.models import Link
from satupintu.foundation import crypto
from satupintu.trust.accounts.models import Account
from satupintu.trust.signin import actions
now = timezone.now()
account = Account.objects.get(email="sari@surel.nusa")
Link.objects.create(account_id=account.pk, agency="tax", route="code", state="active",
    record_ref_encrypted=crypto.encrypt("test"), reserved_at=now, linked_at=now)
print(json.dumps(actions.ensure_subject(account_id=account.pk, sector="tax", at=now)))
"""


@pytest.fixture(scope="module")
def demo(tmp_path_factory):
    with RunningDemo(tmp_path_factory.mktemp("country")) as running:
        yield running


@pytest.fixture(scope="module")
def subject(demo) -> str:
    done = subprocess.run(
        [sys.executable, "-P", "-m", "satupintu.config.command", "shell", "-v0", "-c", JOIN_RECORD],
        env=demo.environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1])


def get_token(demo: RunningDemo) -> str:
    """As the tax office does it, with its own key."""
    issuer = demo.content["portal"]["issuer"]
    client_id = next(a["client_id"] for a in demo.content["agencies"] if a["slug"] == "tax")
    key_file = demo.home / "agencies" / "tax" / "client-key.json"
    key = ECKey.import_key(json.loads(key_file.read_text()))
    now = int(time.time())
    claims = {
        "iss": client_id,
        "sub": client_id,
        "aud": f"{issuer}/openid/token",
        "iat": now,
        "exp": now + 60,
        "jti": uuid.uuid4().hex,
    }
    answer = httpx.post(
        f"{issuer}/openid/token",
        data={
            "grant_type": "client_credentials",
            "scope": "messages:send",
            "client_assertion_type": "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
            "client_assertion": jwt.encode({"alg": "ES256", "kid": key.kid}, claims, key),
        },
        timeout=30,
    )
    assert answer.status_code == 200, answer.text
    return answer.json()["access_token"]


def send(demo: RunningDemo, token: str, subject: str, key: str) -> httpx.Response | None:
    """None where no answer came."""
    try:
        return httpx.post(
            f"{demo.content['portal']['url']}/api/v1/messages",
            headers={"Authorization": f"Bearer {token}", "Idempotency-Key": key},
            json={
                "subject": subject,
                "title": f"Surat {key}",
                "body": "Isi surat.",
                "language": "id",
                "in_reply_to": None,
            },
            timeout=20,
        )
    except httpx.HTTPError:
        return None


def send_until_accepted(demo: RunningDemo, token: str, subject: str, key: str) -> dict:
    """As a careful agency does: the same letter under the same key until a 2xx comes."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline:
        answer = send(demo, token, subject, key)
        if answer is not None and answer.is_success:
            return answer.json()
        # Only "not now" may be answered, never a refusal.
        assert answer is None or answer.status_code >= 500, answer.text
        time.sleep(0.2)
    raise AssertionError(f"{key} was never accepted")


def stored_letters(demo: RunningDemo, prefix: str) -> dict[str, str]:
    with psycopg.connect(EmbeddedPostgres(demo.home / "postgres").url) as connection:
        rows = connection.execute(
            "SELECT title, id::text FROM inbox_message WHERE title LIKE %s",
            [f"Surat {prefix}%"],
        ).fetchall()
    assert len(rows) == len(dict(rows)), "a letter was delivered twice"
    return {title.removeprefix("Surat "): number for title, number in rows}


@pytest.mark.parametrize(
    "signal_number",
    [
        pytest.param(signal.SIGINT, id="restarted"),
        pytest.param(signal.SIGQUIT, id="crashed"),
    ],
)
def test_no_acknowledged_letter_is_lost_and_none_arrives_twice(demo, subject, signal_number):
    token = get_token(demo)
    prefix = uuid.uuid4().hex[:8]
    acknowledged: dict[str, str] = {}
    some_were_sent = threading.Event()

    def run_sender(number: int) -> None:
        for letter in range(LETTERS_EACH):
            key = f"{prefix}-{number}-{letter}"
            acknowledged[key] = send_until_accepted(demo, token, subject, key)["id"]
            if letter > LETTERS_EACH // 4:
                some_were_sent.set()

    with ThreadPoolExecutor(SENDERS) as pool:
        running = [pool.submit(run_sender, number) for number in range(SENDERS)]
        assert some_were_sent.wait(PATIENCE_SECONDS)
        before = demo.content["pids"]["postgres"]
        os.kill(before, signal_number)
        for one in running:
            one.result()

    assert len(acknowledged) == SENDERS * LETTERS_EACH
    assert stored_letters(demo, prefix) == acknowledged
    assert demo.content["pids"]["postgres"] != before


def test_pages_answer_again_after_a_restart(demo):
    os.kill(demo.content["pids"]["postgres"], signal.SIGINT)

    deadline = time.monotonic() + PATIENCE_SECONDS
    statuses = []
    while len(statuses) < 10:
        assert time.monotonic() < deadline, statuses
        try:
            answer = httpx.get(f"{demo.content['portal']['url']}/services/", timeout=20)
        except httpx.HTTPError:
            statuses.clear()
            continue
        # Ten good answers in a row: no worker still holds a connection to the old server.
        statuses = [*statuses, answer.status_code] if answer.status_code < 500 else []


def test_a_worker_killed_between_commit_and_mail_leaves_the_mail_to_the_next(demo, subject):
    token = get_token(demo)
    key = f"worker-{uuid.uuid4().hex[:8]}"
    json_url = demo.content["mail"]["json_url"]
    mails_before = len(read_mails(json_url))
    worker = demo.content["pids"]["worker"]
    # Stopped, so that the letter is committed while nobody carries out its job.
    os.killpg(worker, signal.SIGSTOP)

    send_until_accepted(demo, token, subject, key)
    os.killpg(worker, signal.SIGKILL)

    deadline = time.monotonic() + PATIENCE_SECONDS
    while len(read_mails(json_url)) == mails_before:
        assert time.monotonic() < deadline, "the notice never came"
        time.sleep(0.2)
    newest = read_mails(json_url)[0]
    assert newest["to"] == ["sari@surel.nusa"]
    assert "http" not in newest["text"]
    assert key not in newest["text"]


def read_mails(json_url: str) -> list[dict]:
    return httpx.get(json_url, params={"to": "sari@surel.nusa"}, timeout=30).json()["messages"]


def test_no_log_names_a_person(demo):
    """Logs tell facts with ids, never people."""
    logs = "".join(path.read_text("utf-8") for path in Path(demo.home / "logs").glob("*.log"))

    assert "sari@surel.nusa" not in logs
    assert "Sari Wulandari" not in logs
