# SPDX-License-Identifier: Apache-2.0
import pytest

from satupintu.foundation.calls import may_call_address, may_call_url


@pytest.mark.parametrize(
    "url", ["https://pajak.nusa/api", "https://pajak.nusa:8443/api", "https://[2606:4700::1]/"]
)
def test_https_may_be_called(url):
    assert may_call_url(url, allow_loopback=False)


@pytest.mark.parametrize(
    "url",
    [
        "http://pajak.nusa/api",
        "http://127.0.0.1:8101/api",
        "ftp://pajak.nusa/",
        "https://user:secret@pajak.nusa/",
        "https:///api",
        "pajak.nusa/api",
        "",
    ],
)
def test_anything_else_may_not(url):
    assert not may_call_url(url, allow_loopback=False)


def test_the_demo_may_call_this_very_machine_in_clear():
    assert may_call_url("http://127.0.0.1:8101/api", allow_loopback=True)
    assert not may_call_url("http://10.0.0.1/api", allow_loopback=True)


@pytest.mark.parametrize("address", ["93.184.216.34", "2606:4700::1"])
def test_an_address_out_in_the_open_may_be_called(address):
    assert may_call_address(address, allow_loopback=False)


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "10.1.2.3",
        "172.16.0.1",
        "192.168.1.1",
        "169.254.169.254",
        "100.64.0.1",
        "0.0.0.0",
        "224.0.0.1",
        "::1",
        "fd00::1",
        "fe80::1",
        "::ffff:10.0.0.1",
        "::ffff:127.0.0.1",
    ],
)
def test_an_address_of_our_own_house_may_not(address):
    assert not may_call_address(address, allow_loopback=False)
