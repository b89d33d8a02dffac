# SPDX-License-Identifier: Apache-2.0
"""The made-up people of whom an agency holds a record, the same ones for the same seed."""

import base64
import hashlib
import importlib
import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from demo.people import DemoPerson, list_people_known_to

from . import names
from .definition import AgencyDefinition

STREETS = [
    "Melati",
    "Mawar",
    "Kenanga",
    "Cempaka",
    "Anggrek",
    "Flamboyan",
    "Dahlia",
    "Merpati",
    "Kutilang",
    "Cendrawasih",
    "Garuda",
    "Merdeka",
    "Pahlawan",
    "Veteran",
    "Diponegoro",
    "Gajahmada",
    "Rinjani",
    "Semeru",
    "Bromo",
    "Mahakam",
    "Barito",
    "Kapuas",
]
PLACES = {
    "": (
        ("Karang Asri", "Tirtabuana", "40417"),
        ("Sumber Rejo", "Banyumili", "51120"),
        ("Pandan Wangi", "Tirtabuana", "40433"),
        ("Ujung Batu", "Muara Kencana", "28110"),
        ("Tanah Merah", "Kota Baru Nusa", "99015"),
        ("Pasir Hulu", "Kota Pasir Putih", "62210"),
        ("Bukit Lestari", "Lembah Hijau", "73315"),
        ("Teluk Damai", "Pelabuhan Jaya", "85531"),
    ),
    "region-pasir-putih": (
        ("Pasir Hulu", "Kota Pasir Putih", "62210"),
        ("Tanjung Camar", "Kota Pasir Putih", "62214"),
        ("Karang Tengah", "Teluk Mutiara", "62331"),
        ("Nelayan Barat", "Teluk Mutiara", "62335"),
        ("Pulau Kelapa", "Kepulauan Kelapa", "62480"),
    ),
    "region-bukit-hijau": (
        ("Bukit Lestari", "Lembah Hijau", "73315"),
        ("Kebun Teh", "Lembah Hijau", "73318"),
        ("Hulu Sungai", "Gunung Raya", "73420"),
        ("Rimba Jaya", "Gunung Raya", "73426"),
    ),
}
FIRST_BIRTHDAY = date(1938, 1, 1)
DAYS_OF_BIRTH = (date(2007, 12, 31) - FIRST_BIRTHDAY).days


@dataclass(frozen=True)
class Resident:
    """One record of the register, before it is written there."""

    ref: str
    number: str
    full_name: str
    sex: str
    born_on: date
    street: str
    village: str
    city: str
    postcode: str
    # Where codes go: a mailbox, or a letter when it is empty.
    email: str
    facts: dict[str, Any]


def write_number(*, definition: AgencyDefinition, digits: str) -> str:
    """A record's number as it stands on paper."""
    waiting = iter(digits)
    return "".join(next(waiting) if sign == "#" else sign for sign in definition.number_format)


def answers_of(*, definition: AgencyDefinition, resident: Resident) -> dict[str, str]:
    """What this resident would answer to each question, as they would write it."""
    written = {
        "number": write_number(definition=definition, digits=resident.number),
        "born_on": resident.born_on.isoformat(),
        "village": resident.village,
        "postcode": resident.postcode,
    }
    return {question.id: written[question.source] for question in definition.questions}


def list_residents(*, definition: AgencyDefinition, seed: int, count: int) -> Iterator[Resident]:
    """Demo people first, then made-up strangers, `count` in all."""
    known = list_people_known_to(slug=definition.slug)
    for index in range(count):
        person = known[index] if index < len(known) else None
        yield make_resident(definition=definition, seed=seed, index=index, person=person)


def make_resident(
    *, definition: AgencyDefinition, seed: int, index: int, person: DemoPerson | None
) -> Resident:
    """The resident at one place of the register; who that is depends on seed and agency alone."""
    rng = random.Random(f"{seed}:{definition.slug}:{index}")  # noqa: S311
    digits = definition.number_format.count("#")
    # Multiplying by a number coprime to ten is a permutation: no two residents share a number.
    stride = 10 * int(0.061803398874989 * 10**digits) + 7
    number = ((index + 1) * stride + seed * 104_729) % 10**digits
    ref = hashlib.sha256(f"record:{seed}:{definition.slug}:{index}".encode()).digest()
    sex = person.sex if person else rng.choice("fm")
    village, city, postcode = rng.choice(PLACES.get(definition.sector, PLACES[""]))
    full_name = person.name if person else names.make_name(rng=rng, sex=sex)
    has_mailbox = rng.random() < 0.7
    mailbox = f"{full_name.split()[0].lower()}{index}@pos.nusa" if has_mailbox else ""
    if person:
        mailbox = person.email if person.agencies[definition.slug] == "email" else ""
    resident = Resident(
        ref="r" + base64.b32encode(ref[:15]).decode().lower(),
        number=f"{number:0{digits}d}",
        full_name=full_name,
        sex=sex,
        born_on=person.born_on
        if person
        else FIRST_BIRTHDAY + timedelta(days=rng.randrange(DAYS_OF_BIRTH)),
        street=person.street if person else f"Jalan {rng.choice(STREETS)} {rng.randint(1, 180)}",
        village=person.village if person else village,
        city=person.city if person else city,
        postcode=person.postcode if person else postcode,
        email=mailbox,
        facts={},
    )
    kind = importlib.import_module(f"demo.agency.records.{definition.record_kind}")
    resident.facts.update(kind.make_facts(rng=rng, resident=resident, sector=definition.sector))
    if person:
        resident.facts.update(person.facts.get(definition.slug, {}))
    return resident
