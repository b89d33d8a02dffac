# SPDX-License-Identifier: Apache-2.0
import pytest
from django.contrib import messages
from django.contrib.messages import get_messages
from django.http import HttpResponse

from satupintu.design.notices import NoticeCookie

WORDS = "Anda sudah keluar dari Pajak Nusa"


def hand_on(rf):
    """A page says something for the next one: the request of the next, and the cookie."""
    request = rf.post("/")
    request._messages = NoticeCookie(request)
    messages.success(request, WORDS)
    response = HttpResponse()
    request._messages.update(response)
    following = rf.get("/")
    following.COOKIES = {name: cookie.value for name, cookie in response.cookies.items()}
    following._messages = NoticeCookie(following)
    return following, response


def test_a_notice_reaches_the_next_page_once(rf):
    following, _response = hand_on(rf)

    shown = [str(message) for message in get_messages(following)]
    response = HttpResponse()
    following._messages.update(response)

    assert shown == [WORDS]
    assert response.cookies[NoticeCookie.cookie_name].value == ""


def test_the_cookie_does_not_say_which_agency_it_is_about(rf):
    _following, response = hand_on(rf)

    cookie = response.cookies[NoticeCookie.cookie_name]
    assert "Pajak" not in cookie.value
    assert cookie.value.startswith("gAAAA")
    assert cookie["httponly"]


@pytest.mark.parametrize("value", ["", "nonsense", "gAAAAsomething", "é"])
def test_a_cookie_that_is_not_ours_says_nothing(rf, value):
    request = rf.get("/")
    request.COOKIES = {NoticeCookie.cookie_name: value}
    request._messages = NoticeCookie(request)

    assert list(get_messages(request)) == []
