# SPDX-License-Identifier: Apache-2.0
"""Reads one PDF from standard input and says on standard output what it is.

A program of its own, run by documents.py: a file that makes the parser loop or swell ends this
process and nothing else. It imports neither Django nor satupintu.
"""

import io
import logging
import re
import resource
import sys
from typing import Any

# Ten megabytes of honest pages take half a second.
CPU_SECONDS = 3
MEMORY_BYTES = 768 * 1024 * 1024
# Each of these makes a viewer do something, by itself or when a page opens (/AA), or carries
# another file.
ACTIVE_KEYS = {"/JS", "/JavaScript", "/AA", "/EmbeddedFiles", "/EF", "/RichMediaContent", "/XFA"}
ACTIVE_ACTIONS = {
    *("/JavaScript", "/Launch", "/ImportData", "/SubmitForm", "/GoToE", "/GoToR"),
    *("/Rendition", "/Movie", "/Sound", "/RichMediaExecute"),
}
ACTIVE_TYPES = {"/EmbeddedFile", "/FileAttachment", "/RichMedia", "/Screen", "/Movie", "/3D"}
# Names long enough that compressed bytes never spell them by chance.
_RAW_NAMES = re.compile(rb"/(JavaScript|Launch|EmbeddedFile|FileAttachment|RichMedia)")
_ESCAPED = re.compile(rb"#([0-9A-Fa-f]{2})")


def _limit_itself() -> None:
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _does_something(dictionary: Any) -> bool:
    if not ACTIVE_KEYS.isdisjoint(dictionary):
        return True
    kind = _get_name(dictionary, "/S")
    if kind in ACTIVE_ACTIONS:
        return True
    # An action that leads to another. The entries of an outline have a /Next too, but no /S.
    if kind and "/Next" in dictionary:
        return True
    return not ACTIVE_TYPES.isdisjoint(
        (_get_name(dictionary, "/Type"), _get_name(dictionary, "/Subtype"))
    )


def _get_name(dictionary: Any, key: str) -> str:
    """Wherever it is written: a name may stand in an object of its own."""
    return str(dictionary[key]) if key in dictionary else ""


def _opens_elsewhere(action: Any) -> bool:
    """On opening, a letter may turn to a page of itself, and nothing else."""
    resolved: Any = None if action is None else action.get_object()
    return hasattr(resolved, "get") and _get_name(resolved, "/S") not in {"", "/GoTo"}


def judge(content: bytes) -> str:
    """`ok`, `encrypted`, `active` or `broken`."""
    from pypdf import PdfReader  # noqa: PLC0415 - after the limits are set
    from pypdf.generic import ArrayObject, DictionaryObject, IndirectObject  # noqa: PLC0415

    if _RAW_NAMES.search(_ESCAPED.sub(lambda found: bytes([int(found[1], 16)]), content)):
        return "active"
    reader = PdfReader(io.BytesIO(content))
    if reader.is_encrypted:
        return "encrypted"
    if len(reader.pages) == 0:
        return "broken"
    root: Any = reader.trailer["/Root"].get_object()
    if _opens_elsewhere(root.get("/OpenAction")):
        return "active"
    numbers = {
        (number, generation) for generation, table in reader.xref.items() for number in table
    } | {(number, 0) for number in reader.xref_objStm}
    for number, generation in sorted(numbers):
        waiting = [reader.get_object(IndirectObject(number, generation, reader))]
        while waiting:
            thing = waiting.pop()
            if isinstance(thing, DictionaryObject):
                if _does_something(thing):
                    return "active"
                waiting.extend(dict.values(thing))
            elif isinstance(thing, ArrayObject):
                waiting.extend(list.__iter__(thing))
    return "ok"


def main() -> None:
    """Print the judgement; any trouble is the file's."""
    _limit_itself()
    logging.disable()
    content = sys.stdin.buffer.read()
    try:
        verdict = judge(content)
    except (Exception, MemoryError):  # noqa: BLE001 - the edge of a worker made to fail
        verdict = "broken"
    sys.stdout.write(verdict)


if __name__ == "__main__":
    main()
