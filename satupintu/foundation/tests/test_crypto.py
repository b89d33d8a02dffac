# SPDX-License-Identifier: Apache-2.0
import pytest
from cryptography.fernet import Fernet, InvalidToken
from hypothesis import given
from hypothesis import strategies as st

from satupintu.foundation import crypto

OLD = Fernet.generate_key().decode()
NEW = Fernet.generate_key().decode()


@given(st.text())
def test_what_was_encrypted_can_be_read_again(text):
    assert crypto.decrypt(crypto.encrypt(text)) == text


def test_a_rotated_secret_survives_the_end_of_the_old_key(settings):
    settings.ENCRYPTION_KEYS = [OLD]
    token = crypto.encrypt("rahasia")

    settings.ENCRYPTION_KEYS = [NEW, OLD]
    rotated = crypto.rotate(token)
    settings.ENCRYPTION_KEYS = [NEW]

    assert crypto.decrypt(rotated) == "rahasia"
    with pytest.raises(InvalidToken):
        crypto.decrypt(token)


def test_a_keyed_hash_differs_by_purpose_and_needs_the_key(settings):
    first = crypto.keyed_hash("record", "12345")
    other_purpose = crypto.keyed_hash("device", "12345")
    settings.HASH_KEY = "another"
    other_key = crypto.keyed_hash("record", "12345")

    assert len({first, other_purpose, other_key}) == 3
    assert len(first) == 64


@given(st.integers(min_value=1, max_value=40))
def test_a_new_code_is_already_in_its_normal_form(length):
    code = crypto.new_code(length=length)

    assert crypto.normalize_code(code) == code
    assert len(code) == length


@given(st.text(alphabet=crypto.CROCKFORD, min_size=12, max_size=12), st.data())
def test_spaces_small_letters_and_lookalikes_mean_the_same_code(code, data):
    lookalikes = {"0": "0oO", "1": "1iIlL"}
    typed = ""
    for character in code:
        typed += data.draw(
            st.sampled_from(lookalikes.get(character, character + character.lower()))
        )
        typed += data.draw(st.sampled_from(["", " ", "-", "\u00a0", "."]))

    assert crypto.normalize_code(typed) == code


def test_safety_05_codes_that_people_keep_and_machine_secrets_are_long_enough():
    # 13 characters of 5 bits are the first length above 64 bits; 43 of base64url hold 256.
    assert len(crypto.CROCKFORD) == 32
    assert len(crypto.new_secret()) == 43
    assert crypto.new_secret() != crypto.new_secret()
