# SPDX-License-Identifier: Apache-2.0
import pytest
from django.db import connection, transaction

from satupintu.foundation.calls import (
    forbid_transaction,
    give_back_connection,
    may_call_address,
    may_call_url,
)


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


@pytest.mark.django_db(transaction=True)
def test_nobody_is_called_from_inside_a_transaction():
    forbid_transaction()

    with transaction.atomic(), pytest.raises(RuntimeError, match="durable"):
        forbid_transaction()


@pytest.mark.django_db(transaction=True)
def test_while_we_wait_the_connection_is_somebody_elses_and_comes_back_with_the_next_statement():
    connection.ensure_connection()

    give_back_connection()

    assert connection.connection is None
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
        assert cursor.fetchone() == (1,)


@pytest.mark.django_db(transaction=True)
def test_a_connection_inside_a_transaction_is_kept():
    with transaction.atomic():
        give_back_connection()

        assert connection.connection is not None
