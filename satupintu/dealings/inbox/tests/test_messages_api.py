# SPDX-License-Identifier: Apache-2.0
import json
import logging

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import OperationalError, connection

from satupintu.dealings.inbox import api as inbox_api
from satupintu.dealings.inbox.models import AcceptedKey, Document, Message
from satupintu.trust.agencies import actions as agencies

from .factories import NOON, MessageFactory, make_pdf
from .office import SECRET_WORDS, URL, Office, assert_problem

pytestmark = pytest.mark.django_db


@pytest.fixture
def office(client):
    return Office(client)


def test_a_message_is_accepted_and_can_be_asked_about(office):
    response = office.send()

    assert response.status_code == 201
    message = Message.objects.get()
    assert response.json()["id"] == str(message.id)
    assert (message.account_id, message.body) == (office.account.pk, SECRET_WORDS)
    state = office.http.get(response.headers["Location"], headers=office.headers)
    assert state.json() == {
        "id": str(message.id),
        "state": "received",
        "received_at": response.json()["received_at"],
    }


def test_the_sender_never_learns_whether_it_was_read(office):
    location = office.send().headers["Location"]
    before = office.http.get(location, headers=office.headers).json()
    Message.objects.update(read_at=NOON, archived_at=NOON)

    assert office.http.get(location, headers=office.headers).json() == before


def test_another_agency_can_not_ask_about_it(client, office):
    other = Office(client)

    response = client.get(office.send().headers["Location"], headers=other.headers)

    assert_problem(response, 404, "unknown_message")


def test_a_repeated_request_answers_the_same_message(office):
    first = office.send()

    again = office.send()

    assert again.status_code == 200
    assert again.headers["Idempotent-Replayed"] == "true"
    assert again.json() == first.json()
    assert "Idempotent-Replayed" not in first.headers
    assert Message.objects.count() == 1


def test_one_key_for_two_messages_is_refused(office):
    office.send()

    assert_problem(office.send(title="Lain"), 409, "idempotency_key_reused")


@pytest.mark.parametrize("key", ["", "a b", "x" * 256, "kunci-é"])
def test_a_request_without_a_proper_key_is_refused(office, key):
    assert_problem(office.send(key=key), 400, "idempotency_key_missing")


def test_a_pdf_is_accepted_in_a_form(office):
    response = office.send_form()

    assert response.status_code == 201
    document = Document.objects.get()
    assert document.name == "Surat keputusan.pdf"
    assert bytes(document.content).startswith(b"%PDF-")
    assert str(document.message_id) == response.json()["id"]


def test_a_form_sent_again_with_another_boundary_is_the_same_message(office):
    first = office.send_form()

    assert office.send_form().json() == first.json()


def test_a_message_part_may_come_as_a_file(office):
    parts = {
        "message": SimpleUploadedFile(
            "message.json", json.dumps(office.message()).encode(), "application/json"
        ),
        "document": SimpleUploadedFile("a.pdf", make_pdf()),
    }

    assert office.send_form(parts=parts).status_code == 201


def test_a_file_that_is_no_pdf_is_refused(office):
    parts = {
        "message": json.dumps(office.message()),
        "document": SimpleUploadedFile("a.pdf", b"MZ not a PDF", "application/pdf"),
    }

    assert_problem(office.send_form(parts=parts), 422, "not_a_pdf")
    assert not Message.objects.exists()


def test_a_pdf_with_a_password_is_refused(office):
    parts = {
        "message": json.dumps(office.message()),
        "document": SimpleUploadedFile("a.pdf", make_pdf(password="x")),
    }

    assert_problem(office.send_form(parts=parts), 422, "unsafe_pdf")


def test_a_document_over_ten_megabytes_is_too_large(office):
    parts = {
        "message": json.dumps(office.message()),
        "document": SimpleUploadedFile("a.pdf", b"%PDF-" + b"0" * 10 * 1024 * 1024),
    }

    assert_problem(office.send_form(parts=parts), 413, "document_too_large")


def test_a_form_far_too_large_is_refused_before_it_is_read(office, monkeypatch):
    parts = {
        "message": json.dumps(office.message()),
        "document": SimpleUploadedFile("a.pdf", b"0" * 12 * 1024 * 1024),
    }
    monkeypatch.setattr("satupintu.dealings.inbox.wire._read_form", pytest.fail)

    assert_problem(office.send_form(parts=parts), 413, "request_too_large")


def test_nine_megabytes_of_json_are_too_large(office):
    assert_problem(office.send(raw="x" * 9_000_000), 413, "request_too_large")


@pytest.mark.parametrize(
    "missing", [{"message": "{}"}, {"document": "a"}, {"message": "{}", "file": "x"}]
)
def test_a_form_without_its_parts_says_which(office, missing):
    body = assert_problem(office.send_form(parts=missing), 422, "invalid_message")

    assert {error["field"] for error in body["errors"]} & {"message", "document"}


def test_a_form_cut_short_is_refused(office):
    response = office.http.post(
        URL,
        data=b'--x\r\nContent-Disposition: form-data; name="message"\r\n\r\n{"sub',
        content_type="multipart/form-data; boundary=x",
        headers=office.headers | {"Idempotency-Key": "k"},
    )

    assert response.status_code in {400, 422}
    assert response.headers["Content-Type"] == "application/problem+json"
    assert not Message.objects.exists()


def test_a_form_without_a_boundary_is_refused(office):
    response = office.http.post(
        URL,
        data=b"hello",
        content_type="multipart/form-data",
        headers=office.headers | {"Idempotency-Key": "k"},
    )

    assert_problem(response, 400, "malformed_body")


@pytest.mark.parametrize(
    "body", ["{", "null", "[]", '"x"', "\xff", '{"title": "\\ud800"}', "{}" * 2]
)
def test_json_that_is_none_is_refused(office, body):
    response = office.send(raw=body)

    assert response.status_code in {400, 422}
    assert response.headers["Content-Type"] == "application/problem+json"


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("title", ""),
        ("title", "   "),
        ("title", "\u200b"),
        ("title", "x" * 201),
        ("title", "dua\nbaris"),
        ("title", "nol\x00"),
        ("title", 5),
        ("body", ""),
        ("body", " "),
        ("body", "\u2060\n"),
        ("body", "nol\x00"),
        ("body", "x" * 100_001),
        ("body", "é" * 50_001),
        ("subject", ""),
        ("subject", "ada spasi"),
        ("subject", "x" * 256),
        ("subject", None),
        ("language", "bahasa indonesia"),
        ("in_reply_to", "bukan id"),
        ("recipient", "a member that does not exist"),
    ],
)
def test_a_field_that_is_wrong_is_named(office, field, value):
    body = assert_problem(office.send(**{field: value}), 422, "invalid_message")

    assert field in {error["field"] for error in body["errors"]}
    assert not AcceptedKey.objects.exists()


@pytest.mark.parametrize(
    "title", ["📮 Surat", "رسالة من مكتب الضرائب", "x" * 200, "Ñusa “kutip” <b>"]
)
def test_titles_of_every_alphabet_are_kept_as_they_are(office, title):
    assert office.send(title=title).status_code == 201

    assert Message.objects.get().title == title


def test_a_body_of_ten_thousand_characters_and_one_of_the_full_size_are_kept(office):
    assert office.send(key="a").status_code == 201
    long = office.message(body="🙂" * 10_000)
    longest = office.message(body="x" * 100_000)

    assert office.send(raw=json.dumps(long), key="b").status_code == 201
    assert office.send(raw=json.dumps(longest), key="c").status_code == 201


def test_nobody_is_known_by_this_subject(office):
    assert_problem(office.send(subject="nobody"), 404, "unknown_subject")


def test_another_type_of_body_is_refused(office):
    response = office.http.post(
        URL,
        data="title=x",
        content_type="application/x-www-form-urlencoded",
        headers=office.headers | {"Idempotency-Key": "k"},
    )

    assert_problem(response, 415, "unsupported_media_type")


@pytest.mark.parametrize("authorization", ["", "Bearer", "Bearer ", "Basic YTpi", "x"])
def test_without_a_token_the_answer_says_how_to_authenticate(office, authorization):
    response = office.http.post(URL, headers={"Authorization": authorization})

    assert_problem(response, 401, "missing_token")
    assert response.headers["WWW-Authenticate"] == 'Bearer realm="satupintu"'


def test_an_unknown_token_is_refused(office):
    office.token = "unknown"

    response = office.send()

    assert_problem(response, 401, "invalid_token")
    assert 'error="invalid_token"' in response.headers["WWW-Authenticate"]


def test_a_token_of_another_scope_is_refused(client):
    response = Office(client, scope="openid").send()

    assert_problem(response, 403, "insufficient_scope")
    assert 'scope="messages:send"' in response.headers["WWW-Authenticate"]


def test_a_suspended_agency_is_refused(office):
    agencies.suspend_agency(slug=office.client.agency.slug, at=NOON)

    response = office.send()

    assert response.status_code in {401, 403}
    assert not Message.objects.exists()


def test_a_failing_disk_is_said_and_nothing_is_half_stored(office, caplog):
    with connection.cursor() as cursor:
        cursor.execute(
            """
            CREATE FUNCTION pg_temp.full() RETURNS trigger AS $$ BEGIN
            RAISE EXCEPTION 'No space left on device' USING ERRCODE = 'disk_full';
            END $$ LANGUAGE plpgsql;
            CREATE TRIGGER disk_full BEFORE INSERT ON inbox_document
            FOR EACH ROW EXECUTE FUNCTION pg_temp.full()
            """
        )

    with caplog.at_level(logging.ERROR):
        response = office.send_form(title="Judul rahasia")

    assert_problem(response, 503, "cannot_store")
    assert response.headers["Retry-After"] == "10"
    assert not Message.objects.exists()
    assert not AcceptedKey.objects.exists()
    assert "sqlstate=53100" in caplog.text
    assert "Judul rahasia" not in caplog.text


@pytest.mark.parametrize(
    ("error", "status", "code"),
    [
        (ValueError("a secret " + SECRET_WORDS), 500, "internal_error"),
        (OperationalError(SECRET_WORDS), 503, "cannot_store"),
    ],
)
def test_an_error_of_ours_is_a_problem_and_its_words_reach_no_log(
    office, monkeypatch, caplog, error, status, code
):
    def fail(**kwargs):
        raise error

    monkeypatch.setattr(inbox_api.actions, "accept_message", fail)

    response = office.send()

    assert_problem(response, status, code)
    assert type(error).__name__ in caplog.text
    assert SECRET_WORDS not in caplog.text


@pytest.mark.parametrize("path", ["", "nothing", "messages/", "messages/x", "messages/x/y"])
def test_a_wrong_address_is_a_problem_too(office, path):
    for method in ("get", "post", "delete"):
        response = getattr(office.http, method)(f"/api/v1/{path}", headers=office.headers)

        assert_problem(response, 404, "not_found")


def test_a_wrong_method_is_a_problem_that_names_the_right_one(office):
    response = office.http.delete(URL, headers=office.headers)

    assert_problem(response, 405, "method_not_allowed")
    assert response.headers["Allow"] == "POST"


def test_problems_speak_the_language_that_was_asked_for(office):
    titles = {
        language: office.http.post(URL, headers={"Accept-Language": language}).json()["title"]
        for language in ("id", "en")
    }

    assert titles["en"].startswith("Send an access token")
    assert titles["id"] != titles["en"]


def test_a_message_of_this_agency_that_came_another_way_can_be_asked_about(office):
    message = MessageFactory(agency=office.client.agency.slug)

    response = office.http.get(f"{URL}/{message.id}", headers=office.headers)

    assert response.status_code == 200
