# SPDX-License-Identifier: Apache-2.0
import re
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from satupintu.dealings.inbox import queries
from satupintu.dealings.inbox.models import Message
from satupintu.trust.agencies import actions as agencies
from satupintu.trust.agencies.tests.factories import AgencyFactory

from .factories import NOON, MessageFactory, make_pdf
from .reader import Reader

pytestmark = pytest.mark.django_db
LIST = "/inbox/"


@pytest.fixture
def reader(client):
    reader = Reader(client)
    reader.account.language = "en"
    reader.account.save()
    return reader


def text_of(response) -> str:
    return response.content.decode()


def titles_in(response) -> list[str]:
    return re.findall(r"<bdi[^>]*>(.*?)</bdi>", text_of(response))


# --- The list -----------------------------------------------------------------------------------


def test_the_newest_letter_is_first_and_says_that_it_is_new(reader):
    reader.receive(title="Lama", read_at=NOON)
    reader.receive(title="Baru")

    response = reader.get(LIST)

    assert titles_in(response) == ["Baru", "Lama"]
    assert text_of(response).count("row--unread") == 1
    assert text_of(response).count("row--read") == 1
    assert "Nusa Tax Office" in text_of(response)


def test_other_peoples_letters_are_not_there(reader):
    MessageFactory(title="Milik orang lain", agency=reader.agency.slug)

    assert "Milik orang lain" not in text_of(reader.get(LIST))


def test_an_empty_inbox_says_what_will_come(reader):
    assert "No letters yet" in text_of(reader.get(LIST))


def test_twenty_letters_fill_a_page(reader):
    for number in range(23):
        reader.receive(title=f"Surat ke-{number}")

    first, second = reader.get(LIST), reader.get(LIST, page="2")

    assert len(titles_in(first)) == 20
    assert titles_in(second) == ["Surat ke-2", "Surat ke-1", "Surat ke-0"]
    assert "?page=2" in text_of(first)


@pytest.mark.parametrize("page", ["0", "-1", "99", "x", "9" * 50, "\x00", ""])
def test_a_page_that_does_not_exist_is_the_nearest_one(reader, page):
    reader.receive(title="Satu")

    assert titles_in(reader.get(LIST, page=page)) == ["Satu"]


@pytest.mark.parametrize(
    "words",
    [
        "pengembalian",
        "PENGEMBAL",
        "1.250.000",
        "kami menyetujui",
        "250.000",
        "tujui kami",
        "pajak keputusan",
        "tax office",
        "kantor pajak",
    ],
)
def test_a_letter_is_found_by_its_words_and_by_its_sender(reader, words):
    reader.receive(title="Keputusan")
    other = AgencyFactory(name_id="Kesehatan Nusa", name_en="Nusa Health")
    reader.receive(title="Kartu", body="Kartu Anda siap.", agency=other.slug)

    assert titles_in(reader.get(LIST, q=words)) == ["Keputusan"]


@pytest.mark.parametrize(
    "words", ["'", "a & b | !c", "<script>", "):*", "\\", "%", "' OR 1=1 --", "🙂", "x" * 100]
)
def test_a_search_of_any_characters_finds_nothing_and_breaks_nothing(reader, words):
    reader.receive()

    response = reader.get(LIST, q=words)

    assert response.status_code == 200
    assert titles_in(response) == []
    assert "<script>" not in text_of(response)


def test_a_search_stays_within_the_persons_own_letters(reader):
    MessageFactory(title="Rahasia orang lain", agency=reader.agency.slug)

    assert titles_in(reader.get(LIST, q="rahasia")) == []


def test_the_pager_keeps_the_search(reader):
    for _ in range(21):
        reader.receive()

    assert "?q=pengembalian&amp;page=2" in text_of(reader.get(LIST, q="pengembalian"))


def test_a_page_costs_the_same_however_many_letters(reader, settings, django_assert_num_queries):
    settings.SNAPSHOT_SECONDS = 60.0
    for _ in range(30):
        reader.receive()
    reader.get(LIST)

    # Session, person, count, letters, badge.
    with django_assert_num_queries(5):
        reader.get(LIST)


# --- One letter ---------------------------------------------------------------------------------


def test_a_letter_shows_its_sender_date_and_words(reader):
    message = reader.receive(title="Keputusan", received_at=NOON)

    response = reader.open(message)

    html = text_of(response)
    assert response.status_code == 200
    assert "<title>Keputusan" in html
    assert "Nusa Tax Office" in html
    assert "24 November 2026" in html
    assert "<strong>Rp1.250.000</strong>" in html
    assert "no-store" in response.headers["Cache-Control"]


def test_a_letter_is_read_when_it_is_opened_and_only_the_first_time_counts(reader):
    message = reader.receive()

    reader.open(message)
    first = Message.objects.get(id=message.id).read_at
    reader.open(message)

    assert first is not None
    assert Message.objects.get(id=message.id).read_at == first
    assert queries.count_unread(account_id=reader.account.pk) == 0


def test_looking_ahead_does_not_read_a_letter(reader):
    message = reader.receive()

    reader.http.head(reverse("inbox:message", args=[message.id]))

    assert Message.objects.get(id=message.id).read_at is None


def test_what_an_agency_wrote_stays_words(reader):
    message = reader.receive(
        title="<script>alert(1)</script>", body="<img src=x onerror=alert(1)>\n\n[x](javascript:y)"
    )

    html = text_of(reader.open(message))

    assert "<script>alert" not in html
    assert "<img src=x" not in html
    assert 'href="javascript' not in html


@pytest.mark.parametrize(
    "title", ["رسالة من مكتب الضرائب", "📮" * 50, "x" * 200, "\u202egnorts", "Satu & dua"]
)
def test_titles_of_every_alphabet_are_shown(reader, title):
    message = reader.receive(title=title)

    assert reader.open(message).status_code == 200
    assert reader.get(LIST).status_code == 200


def test_a_letter_in_another_language_says_so_to_screen_readers(reader):
    html = text_of(reader.open(reader.receive(language="jv")))

    assert 'lang="jv"' in html


def test_somebody_elses_letter_is_not_found(reader):
    message = MessageFactory(agency=reader.agency.slug)

    for name in ("message", "document"):
        path = reverse(f"inbox:{name}", args=[message.id])
        assert reader.http.get(path).status_code == 404
    for name in ("archive", "restore"):
        path = reverse(f"inbox:{name}", args=[message.id])
        assert reader.http.post(path).status_code == 404
    message.refresh_from_db()
    assert message.read_at is None
    assert message.archived_at is None


def test_a_suspended_agencys_letter_still_names_its_sender(reader):
    message = reader.receive()
    agencies.suspend_agency(slug=reader.agency.slug, at=NOON)

    assert "Nusa Tax Office" in text_of(reader.open(message))
    assert "Nusa Tax Office" in text_of(reader.get(LIST))


def test_a_letter_that_follows_another_leads_to_it(reader):
    earlier = reader.receive(title="Yang pertama")
    message = reader.receive(in_reply_to=earlier.id)

    assert reverse("inbox:message", args=[earlier.id]) in text_of(reader.open(message))


# --- Document -----------------------------------------------------------------------------------


def test_a_document_comes_whole_and_can_do_nothing(reader):
    content = make_pdf(pages=3) + b"%" * 600_000
    message = reader.receive_document(content, name="Keputusan «2026» 📄.pdf")

    response = reader.http.get(
        reverse("inbox:document", args=[message.id]), headers={"Accept-Encoding": "gzip"}
    )

    assert b"".join(response.streaming_content) == content
    assert response.headers["Content-Type"] == "application/pdf"
    assert response.headers["Content-Length"] == str(len(content))
    assert response.headers["Content-Disposition"].startswith("attachment; filename*=utf-8''Kep")
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in response.headers["Content-Security-Policy"]
    assert "no-store" in response.headers["Cache-Control"]


def test_a_letter_with_a_document_offers_it(reader):
    message = reader.receive_document(name="tagihan.pdf")

    html = text_of(reader.open(message))

    assert reverse("inbox:document", args=[message.id]) in html
    assert "tagihan.pdf" in html


def test_a_letter_without_a_document_has_none(reader):
    path = reverse("inbox:document", args=[reader.receive().id])

    assert reader.http.get(path).status_code == 404


# --- Archive ------------------------------------------------------------------------------------


def test_a_letter_is_put_away_and_brought_back(reader):
    message = reader.receive(title="Keputusan")

    reader.http.post(reverse("inbox:archive", args=[message.id]))
    assert titles_in(reader.get(LIST)) == []
    assert titles_in(reader.get(LIST, box="archive")) == ["Keputusan"]

    reader.http.post(reverse("inbox:restore", args=[message.id]))
    assert titles_in(reader.get(LIST)) == ["Keputusan"]


def test_archiving_twice_is_archiving_once(reader):
    message = reader.receive()
    path = reverse("inbox:archive", args=[message.id])
    reader.http.post(path)
    first = Message.objects.get().archived_at

    response = reader.http.post(path)

    assert response.status_code == 302
    assert Message.objects.get().archived_at == first


def test_archiving_needs_a_token_of_the_page(reader):
    message = reader.receive()
    strict = Client(enforce_csrf_checks=True)
    strict.cookies = reader.http.cookies

    response = strict.post(reverse("inbox:archive", args=[message.id]))

    assert response.status_code == 403
    assert Message.objects.get().archived_at is None


def test_archiving_by_a_link_is_refused(reader):
    message = reader.receive()

    assert reader.http.get(reverse("inbox:archive", args=[message.id])).status_code == 405


# --- Who may look -------------------------------------------------------------------------------


def test_one_factor_sees_nothing_of_anybodys_record(client):
    reader = Reader(client, level=1)
    message = reader.receive_document()
    Message.objects.update(title="Judul rahasia")

    page = reader.get(LIST, "id")

    assert "Ada 1 surat yang belum Anda baca." in text_of(page)
    assert "Judul rahasia" not in text_of(page)
    assert "Kantor Pajak Nusa" not in text_of(page)
    for name in ("message", "document"):
        response = reader.http.get(reverse(f"inbox:{name}", args=[message.id]))
        assert response.status_code == 302
        assert response.headers["Location"].startswith(reverse("accounts:step_up"))
    assert reader.http.post(reverse("inbox:archive", args=[message.id])).status_code == 302
    assert Message.objects.get().read_at is None


def test_a_visitor_is_sent_to_sign_in_and_back(client):
    message = MessageFactory()
    path = reverse("inbox:message", args=[message.id])

    response = client.get(path)

    assert response.status_code == 302
    assert response.headers["Location"].startswith(reverse("account_login"))
    assert "next=" in response.headers["Location"]


def test_the_menu_counts_what_is_unread(reader):
    for read_at in (None, None, NOON):
        reader.receive(read_at=read_at)

    assert re.search(r'<span class="count"[^>]*>\s*2', text_of(reader.get(LIST)))


# --- Queries for other apps ---------------------------------------------------------------------


def test_what_waits_is_asked_once_a_request(reader, rf, django_assert_num_queries):
    for _ in range(5):
        reader.receive()
    reader.receive(title="Dibaca", read_at=timezone.now() - timedelta(days=1))
    request = rf.get("/")
    request.user = reader.account

    waiting = queries.get_waiting(request=request)

    assert waiting.count == 5
    assert len(waiting.latest) == 3
    with django_assert_num_queries(0):
        assert queries.get_waiting(request=request) is waiting
