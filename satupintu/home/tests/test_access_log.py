# SPDX-License-Identifier: Apache-2.0
import json
from datetime import datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from satupintu.foundation.audit import actions as audit
from satupintu.foundation.audit.models import AccessRecord, Seal
from satupintu.foundation.audit.tests.logs import look
from satupintu.foundation.ids import new_id
from satupintu.home.tests.access_logs import download, fill, seal_heads, witness
from satupintu.trust.accounts.tests.factories import AccountFactory, sign_in
from satupintu.trust.agencies.tests.factories import AgencyFactory

pytestmark = pytest.mark.django_db
LOG = "home:access_log"


@pytest.fixture
def sari(client):
    AgencyFactory(slug="tax", name_id="Kantor Pajak Nusa", name_en="Nusa Tax Office")
    AgencyFactory(slug="health", name_id="Jaminan Kesehatan Nusa")
    account = AccountFactory()
    sign_in(client, account)
    return account


def read(client, name=LOG, **query):
    response = client.get(reverse(name), query)
    assert response.status_code == 200
    return response.content.decode()


# --- The page -------------------------------------------------------------------------------------


def test_a_line_is_a_plain_sentence_with_its_law(client, sari):
    fill(sari, 1)

    html = read(client)

    assert "<b>Kantor Pajak Nusa</b> melihat alamat Anda, untuk mengirim surat ketetapan 0" in html
    assert "UU 27/2022, Pasal 20 ayat (2) huruf c" in html


def test_pages_lead_through_every_line_once_and_back(client, sari):
    fill(sari, 47)
    seen, query, pages = [], "", []
    while True:
        html = client.get(reverse(LOG) + query).content.decode()
        numbers = [
            int(part.split("<", 1)[0].split()[0]) for part in html.split("surat ketetapan ")[1:]
        ]
        seen += numbers
        pages.append(numbers)
        if 'rel="next" href="' not in html:
            break
        query = html.split('rel="next" href="')[1].split('"')[0].replace("&amp;", "&")

    assert seen == list(range(46, -1, -1))
    back = html.split('rel="prev" href="')[1].split('"')[0].replace("&amp;", "&")
    html = client.get(reverse(LOG) + back).content.decode()
    assert [
        int(part.split("<", 1)[0].split()[0]) for part in html.split("surat ketetapan ")[1:]
    ] == pages[-2]


def test_a_page_asks_the_same_few_questions_however_long_the_log(client, sari, settings):
    settings.SNAPSHOT_SECONDS = 30.0

    def count():
        with CaptureQueriesContext(connection) as asked:
            read(client)
        return len(asked)

    fill(sari, 21)
    count()  # the snapshots of small tables are in memory from the first page on
    few = count()
    fill(sari, 60)

    assert count() == few


def test_filters_narrow_by_agency_occasion_days_and_words(client, sari):
    day = timezone.make_aware(datetime(2026, 10, 3, 9))  # noqa: DTZ001
    look(account_id=sari.id, at=day, number=1)
    look(account_id=sari.id, at=day + timedelta(days=2), number=2, purpose_code="signin")
    look(
        account_id=sari.id,
        at=day + timedelta(days=4),
        number=3,
        actor=audit.Actor(kind="agency", agency="health"),
    )

    def found(**query):
        return [number for number in "123" if f"ketetapan {number}" in read(client, **query)]

    assert found() == ["1", "2", "3"]
    assert found(agency="health") == ["3"]
    assert found(kind="signin") == ["2"]
    assert found(kind="other") == ["1", "3"]
    assert found(q="KETETAPAN 3") == ["3"]
    assert found(q="jaminan") == ["3"]
    assert found(since_0="5", since_1="10", since_2="2026") == ["2", "3"]
    assert found(until_0="5", until_1="10", until_2="2026") == ["1", "2"]
    assert "Tidak ada baris yang cocok" in read(client, q="gajah")


def test_a_wrong_date_is_said_first_and_shows_nothing(client, sari):
    fill(sari, 1)

    response = client.get(reverse(LOG), {"since_0": "99", "since_1": "1", "since_2": "2026"})

    assert response.status_code == 422
    assert "ketetapan 0" not in response.content.decode()


@pytest.mark.parametrize("cursor", ["x", "2026-01-01_x", "_", "2026-01-01T00:00:00_x"])
def test_a_place_that_is_none_shows_the_beginning(client, sari, cursor):
    fill(sari, 1)

    assert "ketetapan 0" in read(client, older=cursor)


def test_nobody_reads_or_downloads_the_log_of_another(client, sari):
    access_id = look(account_id=AccountFactory().id, at=timezone.now())
    seal_heads()

    assert "ketetapan" not in read(client)
    assert client.get(reverse("home:access_line", args=[access_id])).status_code == 404
    assert json.loads(download(client))["entries"] == []
    assert "ketetapan" not in download(client, "home:access_log_csv")


def test_safety_02_one_factor_opens_no_line_and_no_download(client):
    account = AccountFactory()
    access_id = look(account_id=account.id, at=timezone.now())
    sign_in(client, account, level=1)

    for address in (
        reverse(LOG),
        reverse("home:access_line", args=[access_id]),
        reverse("home:access_log_json"),
        reverse("home:access_log_csv"),
    ):
        assert client.get(address).status_code == 302


def test_one_line_says_whether_it_is_sealed_yet(client, sari):
    access_id = look(account_id=sari.id, at=timezone.now())
    address = reverse("home:access_line", args=[access_id])

    assert "Masih baru" in client.get(address).content.decode()
    witness(seal_heads())

    html = client.get(address).content.decode()
    assert "Terkunci dari perubahan" in html
    assert bytes(AccessRecord.objects.get().commitment).hex() in html


# --- Sealed reads -----------------------------------------------------------------------------


def test_safety_19_a_sealed_read_is_hidden_everywhere_counted_in_public_and_shown_later(
    client, sari, time_machine
):
    now = timezone.now()
    seal = audit.propose_seal(
        agency="tax",
        kind="investigation",
        legal_basis="KUHAP, Pasal 43",
        ends_at=now + timedelta(minutes=30),
        approver=new_id(),
        at=now,
    )
    audit.approve_seal(seal_id=seal, approver=new_id(), at=now)
    access_id = look(account_id=sari.id, at=now, seal_id=seal)
    seal_heads()
    address = reverse("home:access_line", args=[access_id])

    assert "ketetapan" not in read(client) + read(client, "home:home")
    assert "ketetapan" not in download(client) + download(client, "home:access_log_csv")
    assert client.get(address).status_code == 404
    html = read(client, "home:access_log_public")
    assert '<td class="number">1</td><td class="number">1</td>' in html
    assert "Pajak" not in html

    assert Seal.objects.get().ends_at == now + timedelta(minutes=30)
    time_machine.move_to(now + timedelta(minutes=31))

    assert "disembunyikan dari Anda menurut hukum" in read(client)
    assert client.get(address).status_code == 200
    assert '<td class="number">1</td><td class="number">0</td>' in read(
        client, "home:access_log_public"
    )
