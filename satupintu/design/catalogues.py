# SPDX-License-Identifier: Apache-2.0
"""Translations: compiled without gettext's tools, and checked for what is missing.

`python -m satupintu.design.catalogues` compiles every catalogue whose source is newer;
`--missing` lists the sentences that lack Indonesian. Babel is needed to build, never to run.
"""

import sys
from collections.abc import Iterator
from pathlib import Path

from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.frontend import parse_keywords
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

ROOT = Path(__file__).resolve().parents[2]
FOLDERS = ("satupintu", "demo")
# English is written in the code; every other language must be whole.
COMPLETE = ("id",)
METHODS = (("**.py", "python"), ("**/jinja2/**.html", "jinja2"))
OPTIONS = {"**/jinja2/**.html": {"trimmed": "true", "silent": "false"}}
KEYWORDS = (
    "gettext_lazy",
    "ngettext_lazy:1,2",
    "pgettext_lazy:1c,2",
    "pgettext:1c,2",
    "npgettext:1c,2,3",
)


def list_sources() -> list[Path]:
    return sorted(
        path for folder in FOLDERS for path in (ROOT / folder).glob("**/locale/*/LC_MESSAGES/*.po")
    )


def compile_catalogues() -> int:
    """Compile what changed; how many that were."""
    done = 0
    for source in list_sources():
        target = source.with_suffix(".mo")
        if target.exists() and target.stat().st_mtime >= source.stat().st_mtime:
            continue
        with source.open("rb") as file:
            catalogue = read_po(file, locale=source.parents[1].name, abort_invalid=True)
        fresh = target.with_suffix(f".mo.{id(catalogue)}")
        with fresh.open("wb") as file:
            write_mo(file, catalogue)
        # Whole or not at all: a server may be reading the old one.
        fresh.replace(target)
        done += 1
    return done


def list_missing(language: str) -> Iterator[str]:
    """`app: sentence` for every sentence of an app that none of its catalogues translates."""
    known = _read_known(language)
    for app, key in sorted(set(_extract())):
        if key not in known:
            yield f"{app}: {key[1]!r}" + (f" (context {key[0]!r})" if key[0] else "")


def _extract() -> Iterator[tuple[str, tuple[str, str]]]:

    keywords = {**DEFAULT_KEYWORDS, **parse_keywords(KEYWORDS)}
    for folder in FOLDERS:
        found = extract_from_dir(ROOT / folder, METHODS, OPTIONS, keywords)
        for filename, _line, message, _comments, context in found:
            if "tests" in Path(filename).parts:
                continue
            text = message if isinstance(message, str) else message[0]
            if text:
                yield f"{folder}/{_get_app(filename)}", (context or "", text)


def _get_app(filename: str) -> str:
    """`dealings/inbox` of `dealings/inbox/views.py`, `home` of `home/views.py`."""
    parts = Path(filename).parts
    return "/".join(parts[:2] if parts[0] in {"foundation", "trust", "dealings"} else parts[:1])


def _read_known(language: str) -> set[tuple[str, str]]:

    known = set()
    for source in list_sources():
        if source.parents[1].name != language:
            continue
        with source.open("rb") as file:
            for message in read_po(file, locale=language):
                text = message.id if isinstance(message.id, str) else message.id[0]
                strings = (
                    [message.string]
                    if isinstance(message.string, str)
                    else list(message.string or ())
                )
                if text and strings and all(strings) and not message.fuzzy:
                    known.add((message.context or "", text))
    return known


def main() -> int:
    if "--missing" in sys.argv:
        missing = [f"{language} {line}" for language in COMPLETE for line in list_missing(language)]
        sys.stdout.write("".join(f"{line}\n" for line in missing))
        return 1 if missing else 0
    sys.stdout.write(f"Catalogues: {compile_catalogues()} compiled.\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
