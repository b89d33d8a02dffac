# SPDX-License-Identifier: Apache-2.0
import re
import time
from html.parser import HTMLParser

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from satupintu.dealings.inbox.letters import render_letter

PIECES = st.sampled_from(
    [
        *("<script>", "</script>", "<img src=x onerror=alert(1)>", "<svg/onload=x>", "<a href='"),
        *("[a](", ")", "![", "](https://", "javascript:alert(1)", "data:text/html,", "//evil.nusa"),
        *("https://pajak.nusa/", "http://a.nusa", "<https://b.nusa>", "&#106;avascript:", "&lt;"),
        *("\n", "\n\n", "# ", "> ", "- ", "1. ", "    ", "`", "```\n", "|a|b|\n|-|-|\n", "**", "_"),
        *("[x]: javascript:y\n", "[x]", "\\", "\x00", "\u202e", "\u2028", "📮", "\t", "'", '"'),
        *("<div class=letter style=x>", "</div>", "</article>", "<!--", "]]>", "<?php", "%00"),
    ]
)
TAGS = {
    *("p", "br", "hr", "strong", "em", "blockquote", "ul", "ol", "li", "code", "pre"),
    *("h2", "h3", "h4", "h5", "h6", "table", "thead", "tbody", "tr", "th", "td"),
    *("a", "div", "span"),
}
ATTRIBUTES = {"href", "rel", "class", "tabindex", "start"}


class Witness(HTMLParser):
    """Notes every element and attribute that a browser would see."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: set[str] = set()
        self.attributes: set[str] = set()
        self.links: list[str] = []
        self.balance = 0
        self.feed(html)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.tags.add(tag)
        self.attributes |= {name for name, _ in attrs}
        self.links += [value for name, value in attrs if name == "href"]
        self.balance += tag not in {"br", "hr"}

    def handle_endtag(self, tag):
        self.balance -= 1

    def handle_comment(self, data):
        self.tags.add("comment")

    def handle_decl(self, decl):
        self.tags.add("declaration")


def assert_harmless(html: str):
    seen = Witness(html)
    assert seen.tags <= TAGS
    assert seen.attributes <= ATTRIBUTES
    assert all(re.match(r"https://[^\s/]", link) for link in seen.links)
    assert seen.balance == 0


def test_a_letter_looks_like_one():
    html = render_letter("Ibu Sari,\n\nKami menyetujui **Rp1.250.000**.\n\n1. satu\n2. dua")

    assert "<p>Ibu Sari,</p>" in html
    assert "<strong>Rp1.250.000</strong>" in html
    assert "<ol>\n<li>satu</li>" in html


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("# A\n## B\n# C", ["h2", "h3", "h2"]),
        ("## A\n## B", ["h2", "h2"]),
        ("### A\n# B\n###### C", ["h2", "h2", "h3"]),
        ("A\n===\nB\n---\n", ["h2", "h3"]),
        ("# A\n## B\n### C\n#### D\n##### E\n###### F", ["h2", "h3", "h4", "h5", "h6", "h6"]),
    ],
)
def test_headings_stay_below_the_title_of_the_page_and_skip_no_level(written, shown):
    html = render_letter(written)

    assert re.findall(r"<(h\d)>", html) == shown
    assert re.findall(r"</(h\d)>", html) == shown


def test_a_link_says_where_it_leads():
    html = render_letter("[satupintu.nusa](https://tipu.example/masuk)")

    assert 'href="https://tipu.example/masuk"' in html
    assert 'rel="noopener noreferrer nofollow"' in html
    assert "(tipu.example)" in html


@pytest.mark.parametrize(
    "address",
    [
        "javascript:alert(1)",
        "JaVaScRiPt:alert(1)",
        "data:text/html;base64,PHNjcmlwdD4=",
        "http://pajak.nusa/",
        "//evil.nusa/",
        "/account/logout/",
        "?lang=en",
        "https://satupintu.nusa@evil.nusa/",
        "https:///x",
        "mailto:a@b.nusa",
        "vbscript:x",
        "&#106;avascript:alert(1)",
        "https://[",
    ],
)
def test_a_link_that_is_not_plain_https_is_only_text(address):
    html = render_letter(f"[klik]({address}) <{address}> [lagi][r]\n\n[r]: {address}\n")

    assert "<a" not in html
    assert_harmless(html)


def test_pictures_are_not_fetched():
    html = render_letter("![logo](https://spy.example/p.png)")

    assert "<img" not in html


def test_html_is_shown_as_text():
    html = render_letter("<script>alert(1)</script>\n\n<b>tebal</b>")

    assert "&lt;script&gt;" in html
    assert "<b>" not in html


def test_a_wide_table_can_be_scrolled_by_keyboard():
    html = render_letter("|Bulan|Jumlah|\n|-|-|\n|Mei|Rp10|")

    assert '<div class="table" tabindex="0">' in html.replace(
        'tabindex="0" class="table"', 'class="table" tabindex="0"'
    )
    assert "<td>Rp10</td>" in html


def test_a_link_to_nowhere_is_no_link():
    assert render_letter("[a]()") == "<p>a</p>\n"


@settings(max_examples=400, deadline=None)
@given(st.lists(st.one_of(PIECES, st.text(max_size=8)), max_size=25).map("".join))
def test_no_text_becomes_anything_but_a_letter(markdown):
    assert_harmless(render_letter(markdown))


@pytest.mark.parametrize(
    "unit",
    [
        "[",
        "[a](",
        "*a_ ",
        "a**",
        "> ",
        "- ",
        "<",
        "<https://",
        "[]",
        "> - ",
        "`a",
        "\\",
        "|a",
        "&#",
    ],
)
def test_a_hundred_kilobytes_of_malice_cost_no_more_than_seconds(unit):
    markdown = (unit * 100_000)[:100_000]
    began = time.process_time()

    html = render_letter(markdown)

    assert time.process_time() - began < 5
    assert_harmless(html)


def test_nesting_ends_somewhere():
    html = render_letter("> " * 500 + "dalam")

    assert html.count("<blockquote>") < 20
