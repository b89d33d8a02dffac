# SPDX-License-Identifier: Apache-2.0
"""What can be consented to, and for what: coded, with words in both languages.

What has no entry here cannot be asked for, given or released. An app above adds its own by
`actions.register_attribute` from `AppConfig.ready()`.
"""

import hashlib
from dataclasses import dataclass
from enum import Enum

# Explicit consent, for one or more purposes that were told (UU 27/2022).
LEGAL_BASIS = "UU 27/2022, Pasal 20 ayat (2) huruf a"


@dataclass(frozen=True)
class Words:
    """One thing said in both languages."""

    id: str
    en: str

    def speak(self, language: str | None) -> str:
        return self.en if language == "en" else self.id


class SpecificKind(Enum):
    """Specific personal data, which is never asked for together with anything else (safety
    rule 23). The value is the clause of UU 27/2022 that sets it apart."""

    HEALTH = "Pasal 4 ayat (2) huruf a"
    BIOMETRIC = "Pasal 4 ayat (2) huruf b"
    GENETIC = "Pasal 4 ayat (2) huruf c"
    CRIMINAL = "Pasal 4 ayat (2) huruf d"
    CHILDREN = "Pasal 4 ayat (2) huruf e"
    FINANCIAL = "Pasal 4 ayat (2) huruf f"
    DISABILITY = "Pasal 26"


@dataclass(frozen=True)
class Attribute:
    """One thing that an agency can be told. `words` follow "may know"."""

    code: str
    words: Words
    category: str  # of the Data Privacy Vocabulary's extension for personal data (DPV-PD)
    kind: SpecificKind | None = None

    @property
    def is_specific(self) -> bool:
        return self.kind is not None

    @property
    def legal_basis(self) -> str:
        return f"{LEGAL_BASIS}; {self.kind.value}" if self.kind else LEGAL_BASIS


@dataclass(frozen=True)
class Purpose:
    """What for. `words` follow "so that"; `level` is what the session must have proved."""

    code: str
    words: Words
    level: int = 1


PURPOSES = {
    purpose.code: purpose
    for purpose in (
        Purpose(
            "signin",
            Words(
                id="Anda dapat masuk ke layanan lembaga ini dengan akun Satu Pintu",
                en="you can sign in there with your Satu Pintu account",
            ),
        ),
        Purpose(
            "linking",
            Words(
                id="catatan Anda di sana tertaut dengan akun ini, dan Anda dikenali saat masuk",
                en="your record there is joined to this account, and you are known when you "
                "sign in",
            ),
            # One factor opens nothing of anybody's record (safety rule 2).
            level=2,
        ),
    )
}

ATTRIBUTES: dict[str, Attribute] = {
    attribute.code: attribute
    for attribute in (
        Attribute(
            "identity_confirmed",
            Words(
                id="bahwa ini benar Anda, dengan nomor yang hanya dipakai di bidangnya",
                en="that it is you, by a number that is used in its sector only",
            ),
            category="pd:Identifying",
        ),
        Attribute(
            "full_name", Words(id="nama lengkap Anda", en="your full name"), category="pd:Name"
        ),
        Attribute(
            "email",
            Words(id="alamat e-mail Anda", en="your e-mail address"),
            category="pd:EmailAddress",
        ),
    )
}


def register_attribute(attribute: Attribute) -> None:
    """Raises ValueError where another attribute has this code."""
    if ATTRIBUTES.setdefault(attribute.code, attribute) != attribute:
        raise ValueError(f"{attribute.code} means something else already")


def name_version(attribute: Attribute, purpose: Purpose) -> str:
    """A short name of the words as they are now: other words, another version."""
    said = "\n".join(
        [
            attribute.words.id,
            attribute.words.en,
            purpose.words.id,
            purpose.words.en,
            attribute.legal_basis,
        ]
    )
    return hashlib.sha256(said.encode()).hexdigest()[:12]
