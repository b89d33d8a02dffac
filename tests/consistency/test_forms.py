# SPDX-License-Identifier: Apache-2.0
"""Every form in which something is typed keeps it when the language is changed (ADR 0033)."""

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2] / "satupintu"
FORM = re.compile(r"<form\b[^>]*>.*?</form>", re.DOTALL)
TYPED = re.compile(r"\bfields?\(|<input(?![^>]*type=\"hidden\")|<textarea|<select")
# The choice of language itself: kept from one language to the other, it would say the old one. And
# the living page, which shows a search beside its form.
OTHERS = {"security.html": 1, "index.html": 1}


def read_forms() -> dict[str, list[str]]:
    pages = [
        path for path in ROOT.rglob("jinja2/**/*.html") if "config/demo" not in path.as_posix()
    ]
    return {
        path.name: [form for form in FORM.findall(path.read_text("utf-8")) if TYPED.search(form)]
        for path in pages
    }


def test_a_page_has_one_form_that_is_typed_into_and_it_is_called_typed():
    wrong = {
        name: len(forms)
        for name, forms in read_forms().items()
        if len([form for form in forms if 'id="typed"' in form.partition(">")[0]]) > 1
        or len([form for form in forms if 'id="typed"' not in form.partition(">")[0]])
        != OTHERS.get(name, 0)
    }

    assert wrong == {}


def test_there_are_such_forms():
    assert sum(len(forms) for forms in read_forms().values()) > 20
