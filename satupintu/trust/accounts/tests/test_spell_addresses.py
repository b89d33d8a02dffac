# SPDX-License-Identifier: Apache-2.0
"""One mailbox has one spelling: another would be another account, and another count of tries."""

import pytest

from satupintu.trust.accounts import forms

from .mailbox import read_mails
from .test_sign_up import give_name_and_address


def widen(letters):
    """The same letters in full width, as an East Asian keyboard types them."""
    return "".join(chr(ord(letter) + 0xFEE0) for letter in letters)


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        (" Sari@Surat.NUSA ", "sari@surat.nusa"),
        (f"sari@{widen('surat')}.nusa", "sari@surat.nusa"),
        (f"sari@{widen('SURAT')}.{widen('nusa')}", "sari@surat.nusa"),
        ("sari@surat\u00ad.nusa", "sari@surat.nusa"),
        ("sari@bücher.nusa", "sari@xn--bcher-kva.nusa"),
        ("sari@bu\u0308cher.nusa", "sari@xn--bcher-kva.nusa"),
        ("sari@XN--BCHER-KVA.nusa", "sari@xn--bcher-kva.nusa"),
    ],
)
def test_an_address_has_one_spelling(typed, kept):
    form = forms.AskResetForm({"email": typed})

    assert form.is_valid()
    assert form.cleaned_data["email"] == kept


@pytest.mark.parametrize(
    "typed",
    [
        "sari@" + "ü" * 60 + ".nusa",
        "sari@" + ".".join(["ü" * 20] * 11) + ".nusa",
        "sari@surat\u3002.nusa",
        "sari@ .nusa",
        f"{widen('s')}ari@surat.nusa",
    ],
)
def test_what_is_no_address_is_refused_kindly(typed):
    form = forms.AskResetForm({"email": typed})

    assert form.errors["email"] == ["Ketik alamat e-mail seperti nama@contoh.id."]


@pytest.mark.django_db
def test_safety_06_no_other_spelling_gets_more_mails(client):
    for wide in range(8):
        domain = widen("surat"[:wide]) + "surat"[wide:]
        give_name_and_address(client, email=f"sari@{domain}.nusa")

    assert [one.to for one in read_mails()] == [["sari@surat.nusa"]] * 6
