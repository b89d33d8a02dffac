# SPDX-License-Identifier: Apache-2.0
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from satupintu.dealings.inbox.models import Message
from satupintu.dealings.linking.models import Link
from satupintu.foundation import crypto
from satupintu.foundation.audit import actions as audit
from satupintu.trust.accounts.tests.factories import AccountFactory, sign_in
from satupintu.trust.agencies.tests.factories import AgencyFactory

pytestmark = pytest.mark.django_db

HOME_QUERIES = 6


@pytest.fixture
def sari():
    return AccountFactory(full_name="Sari Wulandari")


def join(account, agency, *, state="active"):
    now = timezone.now()
    return Link.objects.create(
        account_id=account.id,
        agency=agency.slug,
        route="code",
        state=state,
        record_ref_encrypted=crypto.encrypt("ref"),
        match_id_encrypted=crypto.encrypt("match") if state == "pending" else "",
        reserved_at=now,
        linked_at=now if state == "active" else None,
    )


def write_to(account, agency, title="Surat uji"):
    return Message.objects.create(
        account_id=account.id,
        agency=agency.slug,
        title=title,
        body="Isi surat.",
        language="id",
        received_at=timezone.now(),
    )


def open_home(client):
    response = client.get(reverse("home:home"))
    assert response.status_code == 200
    return response.content.decode()


def test_a_new_person_is_welcomed_and_shown_the_way(client, sari):
    AgencyFactory(name_id="Kantor Pajak Nusa")
    sign_in(client, sari)

    html = open_home(client)

    assert "Sari Wulandari" in html
    assert "Ini kunjungan pertama Anda" in html
    assert "Tidak ada yang menunggu Anda" in html
    assert "Tambah layanan pertama Anda" in html
    assert reverse("linking:directory") in html


def test_joined_services_waiting_letters_and_the_access_log_are_shown(client, sari):
    tax = AgencyFactory(slug="tax", name_id="Kantor Pajak Nusa", login_url="http://127.0.0.1:9/in")
    join(sari, tax)
    write_to(sari, tax, title="Pengembalian disetujui")
    audit.record_access(
        account_id=sari.id,
        actor=audit.Actor(kind="agency", agency="tax", role="sign-in"),
        what="identity",
        purpose_code="sign_in",
        words=audit.Words(id="mengenali Anda saat masuk", en="recognised you at sign-in"),
        legal_basis="consent",
        at=timezone.now(),
    )
    sign_in(client, sari)

    html = open_home(client)

    assert "Pengembalian disetujui" in html
    assert "http://127.0.0.1:9/in" in html
    assert "mengenali Anda saat masuk" in html


def test_nothing_of_anybody_else_is_shown(client, sari):
    budi = AccountFactory(full_name="Budi")
    tax = AgencyFactory(slug="tax")
    join(budi, tax)
    write_to(budi, tax, title="Rahasia Budi")
    sign_in(client, sari)

    html = open_home(client)

    assert "Rahasia Budi" not in html
    assert "Tidak ada yang menunggu Anda" in html
    assert "Tambah layanan pertama Anda" in html


def test_a_link_that_is_not_finished_asks_to_be_finished(client, sari):
    join(sari, AgencyFactory(slug="tax", name_id="Kantor Pajak Nusa"), state="pending")
    sign_in(client, sari)

    html = open_home(client)

    assert "Selesaikan penambahan Kantor Pajak Nusa" in html


def test_safety_02_one_factor_sees_that_something_waits_and_nothing_else(client, sari):
    tax = AgencyFactory(slug="tax", name_id="Kantor Pajak Nusa")
    join(sari, tax)
    write_to(sari, tax, title="Pengembalian disetujui")
    sign_in(client, sari, level=1)

    html = open_home(client)

    assert "1 surat menunggu Anda" in html
    assert "Pengembalian disetujui" not in html
    assert "Kantor Pajak Nusa" not in html
    assert client.get(reverse("home:access_log")).status_code == 302


def test_the_home_page_costs_six_queries_with_ten_linked_agencies(client, sari, settings):
    settings.SNAPSHOT_SECONDS = 30.0
    for agency in AgencyFactory.create_batch(10):
        join(sari, agency)
        write_to(sari, agency)
    sign_in(client, sari)
    open_home(client)  # the snapshots of small tables are in memory from the first page on

    with CaptureQueriesContext(
        connection,
    ) as queries:
        open_home(client)

    assert len(queries) <= HOME_QUERIES, "\n".join(q["sql"][:160] for q in queries)


def test_a_letter_that_cannot_be_told_from_code_is_text(client, sari):
    write_to(sari, AgencyFactory(), title="<script>alert(1)</script>")
    sign_in(client, sari)

    html = open_home(client)

    assert "<script>alert" not in html
    assert "&lt;script&gt;alert" in html


def test_the_access_log_says_who_why_when_and_by_which_law(client, sari):
    AgencyFactory(slug="tax", name_en="Nusa Tax Office")
    audit.record_access(
        account_id=sari.id,
        actor=audit.Actor(kind="agency", agency="tax", role="sign-in"),
        what="identity",
        purpose_code="sign_in",
        words=audit.Words(id="mengenali Anda", en="recognised you when you signed in"),
        legal_basis="UU 27/2022, pasal 20",
        at=timezone.now(),
    )
    sign_in(client, sari)

    html = client.get(
        reverse("home:access_log"), headers={"accept-language": "en"}
    ).content.decode()

    assert "UU 27/2022, pasal 20" in html


def test_private_pages_are_never_stored(client, sari):
    sign_in(client, sari)

    for name in ("home:home", "home:access_log"):
        assert "no-store" in client.get(reverse(name))["Cache-Control"]


@pytest.mark.parametrize("language", ["id", "en"])
@pytest.mark.parametrize("name", ["home:front", "home:help", "home:privacy"])
def test_public_pages_open_to_everybody_in_both_languages(client, name, language):
    AgencyFactory()

    response = client.get(reverse(name), headers={"accept-language": language})

    assert response.status_code == 200
    assert f'<html lang="{language}"' in response.content.decode()


@pytest.mark.parametrize("name", ["home:help", "home:privacy"])
def test_a_public_page_that_names_the_person_is_kept_by_no_browser(client, sari, name):
    assert "Cache-Control" not in client.get(reverse(name)).headers
    sign_in(client, sari)

    response = client.get(reverse(name))

    assert "no-store" in response.headers["Cache-Control"]


def test_a_signed_in_person_finds_her_own_front_page(client, sari):
    sign_in(client, sari)

    assert client.get(reverse("home:front"))["Location"] == reverse("home:home")
