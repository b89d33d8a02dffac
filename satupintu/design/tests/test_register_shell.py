# SPDX-License-Identifier: Apache-2.0
from types import SimpleNamespace

import pytest
from django.http import HttpRequest
from django.test import RequestFactory
from django.urls import resolve

from satupintu.design import shell

pytestmark = pytest.mark.usefixtures("own_portal", "in_english")


def ask(path: str, *, signed_in: bool) -> HttpRequest:
    request = RequestFactory().get(path)
    request.user = SimpleNamespace(is_authenticated=signed_in)
    request.resolver_match = resolve(request.path)
    return request


def test_entries_stand_in_their_order_and_mark_where_one_is():
    shell.register_nav_item("letters", "Letters", "letters:index", 20)
    shell.register_nav_item("page", "Page", "page", 10)

    nav = shell.Shell(ask("/letters/one/", signed_in=True)).nav

    assert [(item.key, item.href, item.is_current) for item in nav] == [
        ("page", "/page/", False),
        ("letters", "/letters/", True),
    ]


def test_a_stranger_sees_no_navigation_and_no_count_is_asked():
    shell.register_nav_item("page", "Page", "page", 10, badge=lambda request: 1 / 0)

    assert shell.Shell(ask("/page/", signed_in=False)).nav == []


def test_a_count_is_asked_once_a_page_and_only_where_it_is_shown():
    asked = []
    shell.register_nav_item(
        "page", "Page", "page", 10, badge=lambda request: len(asked.append(1) or asked)
    )

    frame = shell.Shell(ask("/page/", signed_in=True))
    assert asked == []
    counts = [item.count for item in frame.nav + frame.nav]

    assert counts == [1, 1]


def test_the_foot_is_for_everybody():
    shell.register_footer_item("help", "Help", "page", 1)

    foot = shell.Shell(ask("/page/", signed_in=False)).footer

    assert [(item.label, item.href) for item in foot] == [("Help", "/page/")]


def test_the_other_language_leads_to_this_page():
    frame = shell.Shell(ask("/page/?q=a%26b", signed_in=False))

    assert [(link.code, link.href) for link in frame.languages] == [("id", "?q=a%26b&lang=id")]
