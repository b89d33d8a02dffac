# SPDX-License-Identifier: Apache-2.0
import time
import zlib

import pytest
from pypdf.generic import (
    ArrayObject,
    DictionaryObject,
    NameObject,
    NumberObject,
    StreamObject,
    TextStringObject,
)

from satupintu.dealings.inbox import documents
from satupintu.dealings.inbox.documents import (
    DocumentTooLarge,
    NotAPdf,
    ReadersBusy,
    UnsafePdf,
    inspect_document,
    tidy_name,
)

from .factories import make_pdf

TEN_MB = 10 * 1024 * 1024


def inspect(content: bytes, largest: int = TEN_MB):
    return inspect_document(name="surat.pdf", content=content, largest=largest)


def add_action(kind: str, **more):
    def write(writer):
        action = DictionaryObject({NameObject("/S"): NameObject(kind)})
        action.update({NameObject(f"/{k}"): TextStringObject(v) for k, v in more.items()})
        annotation = DictionaryObject(
            {
                NameObject("/Type"): NameObject("/Annot"),
                NameObject("/Subtype"): NameObject("/Link"),
                NameObject("/Rect"): ArrayObject([NumberObject(n) for n in (0, 0, 9, 9)]),
                NameObject("/A"): action,
            }
        )
        writer.pages[0][NameObject("/Annots")] = ArrayObject([annotation])

    return write


def test_a_plain_pdf_is_a_letter():
    content = make_pdf(pages=3)

    document = inspect(content)

    assert document.content == content
    assert document.name == "surat.pdf"
    assert len(document.sha256) == 64


def test_links_to_the_web_are_no_harm():
    assert inspect(make_pdf(write=add_action("/URI", URI="https://pajak.nusa/")))


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"hello",
        b"%PDF-1.7",
        b"%PDF-1.7\nthis is no PDF\n%%EOF",
        b"PK\x03\x04 a zip with a name that ends in .pdf",
        b"<html><script>alert(1)</script>",
        b"\x00" * 5000,
        b"GIF89a" + make_pdf(),
    ],
)
def test_what_only_says_that_it_is_a_pdf_is_refused(content):
    with pytest.raises(NotAPdf):
        inspect(content)


def test_half_a_pdf_is_refused():
    content = make_pdf(pages=20)

    with pytest.raises(NotAPdf):
        inspect(content[: len(content) // 3])


@pytest.mark.parametrize(
    "action",
    ["/JavaScript", "/Launch", "/SubmitForm", "/ImportData", "/GoToE", "/GoToR", "/Rendition"],
)
def test_a_pdf_that_does_something_is_refused(action):
    with pytest.raises(UnsafePdf):
        inspect(make_pdf(write=add_action(action)))


def test_a_script_on_opening_is_refused():
    def write(writer):
        writer.root_object[NameObject("/OpenAction")] = DictionaryObject(
            {NameObject("/JS"): TextStringObject("app.alert(1)")}
        )

    with pytest.raises(UnsafePdf):
        inspect(make_pdf(write=write))


def test_a_page_that_is_fetched_on_opening_is_refused():
    def write(writer):
        writer.root_object[NameObject("/OpenAction")] = DictionaryObject(
            {
                NameObject("/S"): NameObject("/URI"),
                NameObject("/URI"): TextStringObject("https://spy.example/"),
            }
        )

    with pytest.raises(UnsafePdf):
        inspect(make_pdf(write=write))


def make_action(kind: str, **more):
    action = DictionaryObject({NameObject("/S"): NameObject(kind)})
    action.update({NameObject(f"/{name}"): value for name, value in more.items()})
    return action


def fetch():
    return make_action("/URI", URI=TextStringObject("https://spy.example/"))


def write_page_opening(writer):
    opening = DictionaryObject({NameObject("/O"): fetch()})
    writer.pages[0][NameObject("/AA")] = opening


def write_document_closing(writer):
    closing = DictionaryObject({NameObject("/WC"): fetch()})
    writer.root_object[NameObject("/AA")] = closing


def write_second_action(writer):
    writer.root_object[NameObject("/OpenAction")] = make_action("/GoTo", Next=fetch())


def write_name_in_its_own_object(writer):
    action = make_action("/URI")
    action[NameObject("/S")] = writer._add_object(NameObject("/SubmitForm"))
    writer.root_object[NameObject("/Extra")] = action


@pytest.mark.parametrize(
    "write",
    [
        write_page_opening,
        write_document_closing,
        write_second_action,
        write_name_in_its_own_object,
    ],
)
def test_what_happens_without_a_click_is_refused(write):
    with pytest.raises(UnsafePdf):
        inspect(make_pdf(write=write))


def test_a_table_of_contents_is_no_harm():
    def write(writer):
        for number, chapter in enumerate(["Keputusan", "Alasan", "Keberatan"]):
            writer.add_outline_item(title=chapter, page_number=number)

    assert inspect(make_pdf(write=write, pages=3))


def test_a_file_within_the_file_is_refused():
    with pytest.raises(UnsafePdf):
        inspect(make_pdf(write=lambda writer: writer.add_attachment("virus.exe", b"MZ")))


def test_a_script_is_found_behind_an_escaped_name():
    content = make_pdf(write=add_action("/JavaScript")).replace(b"/JavaScript", b"/J#61vaScript")

    with pytest.raises(UnsafePdf):
        inspect(content)


def test_a_script_is_found_inside_a_compressed_object_stream():
    inner = b"5 0 << /S /JavaScript /JS (app.alert\\(1\\)) >>"
    packed = zlib.compress(inner)
    body = b"%PDF-1.7\n"
    offsets = {}

    def add(number: int, data: bytes):
        nonlocal body
        offsets[number] = len(body)
        body += b"%d 0 obj\n%s\nendobj\n" % (number, data)

    add(1, b"<< /Type /Catalog /Pages 2 0 R /Extra 5 0 R >>")
    add(2, b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>")
    add(3, b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 9 9] >>")
    header = b"<< /Type /ObjStm /N 1 /First 4 /Filter /FlateDecode /Length %d >>" % len(packed)
    add(4, header + b"\nstream\n" + packed + b"\nendstream")
    start = len(body)
    rows = [(0, 0, 65535)] + [(1, offsets[n], 0) for n in (1, 2, 3, 4)] + [(2, 4, 0), (1, start, 0)]
    table = b"".join(bytes([k]) + a.to_bytes(4, "big") + b.to_bytes(2, "big") for k, a, b in rows)
    add(
        6,
        b"<< /Type /XRef /Size 7 /W [1 4 2] /Root 1 0 R /Length %d >>\nstream\n%s\nendstream"
        % (len(table), table),
    )
    body += b"startxref\n%d\n%%%%EOF\n" % start

    with pytest.raises(UnsafePdf):
        inspect(body)


def test_an_encrypted_pdf_is_refused():
    with pytest.raises(UnsafePdf):
        inspect(make_pdf(password="rahasia"))


def test_a_pdf_larger_than_allowed_is_refused_unread():
    with pytest.raises(DocumentTooLarge):
        inspect(make_pdf(), largest=100)


def test_a_pdf_of_nearly_ten_megabytes_is_a_letter():
    def write(writer):
        stream = StreamObject()
        stream._data = bytes(range(256)) * 38_000
        writer._add_object(stream)

    content = make_pdf(write=write)

    assert 9_000_000 < len(content) < TEN_MB
    assert inspect(content)


def test_a_bomb_costs_seconds_and_no_memory():
    bomb = zlib.compress(b"\x00" * 50_000_000, 9)
    content = make_pdf(pages=1)
    # An object stream that swells when it is opened, many times over.
    pieces = b"".join(
        b"%d 0 obj\n<< /Type /ObjStm /N 9999 /First 9 /Filter [/FlateDecode /FlateDecode]"
        b" /Length %d >>\nstream\n%s\nendstream\nendobj\n"
        % (100 + n, len(bomb), zlib.compress(bomb))
        for n in range(20)
    )
    began = time.monotonic()

    with pytest.raises(NotAPdf):
        inspect(b"%PDF-1.7\n" + pieces + content[-200:])

    assert time.monotonic() - began < 15


def test_a_file_of_countless_objects_is_put_down_after_seconds():
    def write(writer):
        empty = DictionaryObject()
        writer._add_object(ArrayObject([empty] * 1_500_000))

    content = make_pdf(write=write)
    began = time.monotonic()

    with pytest.raises(NotAPdf):
        inspect(content)

    assert time.monotonic() - began < 15


def test_only_a_few_documents_are_looked_into_at_once(monkeypatch):
    monkeypatch.setattr(documents, "PATIENCE_SECONDS", 0.01)
    for _ in range(documents.READERS):
        assert documents._readers.acquire(timeout=1)

    try:
        with pytest.raises(ReadersBusy):
            inspect(make_pdf())
    finally:
        documents._readers.release(documents.READERS)

    assert inspect(make_pdf())


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("surat.pdf", "surat.pdf"),
        ("SURAT.PDF", "SURAT.pdf"),
        ("../../etc/passwd", "passwd.pdf"),
        ("C:\\pajak\\surat", "surat.pdf"),
        ("", "surat.pdf"),
        (".pdf", "surat.pdf"),
        ("gaji\u202efdp.exe", "gajifdp.exe.pdf"),
        ("a\r\nSet-Cookie: x.pdf", "aSet-Cookie: x.pdf"),
        ("x" * 400, "x" * 146 + ".pdf"),
        ("رسالة 📄.pdf", "رسالة 📄.pdf"),
    ],
)
def test_a_file_name_is_a_name_and_nothing_else(sent, kept):
    assert tidy_name(sent) == kept
