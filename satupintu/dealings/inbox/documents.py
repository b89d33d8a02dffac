# SPDX-License-Identifier: Apache-2.0
"""Is this file a letter one may open? Judged by its content, never by its name."""

import hashlib
import subprocess
import sys
import threading
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from django.utils.translation import gettext_lazy as _

from satupintu.foundation.errors import Refusal

WALL_SECONDS = 10
# At once, in this process: whatever agencies send, the other threads serve people.
READERS = 2
PATIENCE_SECONDS = 5
_READER = Path(__file__).with_name("pdf_reader.py")
_LONGEST_NAME = 150
_readers = threading.BoundedSemaphore(READERS)


class NotAPdf(Refusal):
    code = "not_a_pdf"
    message = _("The document is not a PDF that can be read.")


class UnsafePdf(Refusal):
    code = "unsafe_pdf"
    message = _(
        "The document is encrypted, or carries scripts, actions or other files. Send a plain PDF."
    )


class DocumentTooLarge(Refusal):
    code = "document_too_large"
    message = _("The document is larger than an attachment may be.")
    status = 413


class ReadersBusy(Refusal):
    code = "busy"
    message = _("Too many documents at once. Nothing was stored: send it again with the same key.")
    status = 503


@dataclass(frozen=True)
class SafeDocument:
    """A PDF that was looked into and does nothing but show pages."""

    name: str
    content: bytes
    sha256: str


def inspect_document(*, name: str, content: bytes, largest: int) -> SafeDocument:
    """Read the file in a process of its own with little time and memory.

    Raises DocumentTooLarge, NotAPdf, UnsafePdf or ReadersBusy. Never logs the content.
    """
    if len(content) > largest:
        raise DocumentTooLarge
    # Anything before the header would let one file be two things to two readers.
    if not content.startswith(b"%PDF-"):
        raise NotAPdf
    try:
        with _one_of_few():
            done = subprocess.run(  # noqa: S603 - our own program
                [sys.executable, "-I", str(_READER)],
                input=content,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                timeout=WALL_SECONDS,
                check=False,
            )
    except subprocess.TimeoutExpired as error:
        raise NotAPdf from error
    match done.stdout:
        case b"ok" if done.returncode == 0:
            return SafeDocument(name=tidy_name(name), content=content, sha256=hash_content(content))
        case b"encrypted" | b"active":
            raise UnsafePdf
    raise NotAPdf


@contextmanager
def _one_of_few() -> Iterator[None]:
    if not _readers.acquire(timeout=PATIENCE_SECONDS):
        raise ReadersBusy
    try:
        yield
    finally:
        _readers.release()


def hash_content(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def tidy_name(name: str) -> str:
    """A name to save the file under: no folders, no invisible characters, ending in .pdf."""
    last = name.replace("\\", "/").rsplit("/", 1)[-1]
    visible = "".join(c for c in last if unicodedata.category(c)[0] != "C").strip()
    stem = visible[:-4] if visible.lower().endswith(".pdf") else visible
    return f"{stem[: _LONGEST_NAME - 4].strip(' .') or 'surat'}.pdf"
