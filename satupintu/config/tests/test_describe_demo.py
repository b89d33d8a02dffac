# SPDX-License-Identifier: Apache-2.0
import copy
import json

import jsonschema
import pytest

from satupintu.config.demo import description

AGENCY = {
    "slug": "tax",
    "name_id": "Kantor Pajak Nusa",
    "name_en": "Nusa Tax Office",
    "level": "national",
    "sector": "tax",
    "site_url": "http://127.0.0.1:8101/",
    "client": {"client_id": "tax-site"},
    "demo_people": [
        {
            "name": "Sari Wulandari",
            "email": "sari@surel.nusa",
            "answers": {"tax_number": "12.345.678.9-012.345"},
            "contact": {"channel": "email", "address": "sari@surel.nusa"},
        },
        {
            "name": "Slamet",
            "email": "slamet@surel.nusa",
            "answers": {"tax_number": "12.345.678.9-012.346"},
            "contact": {"channel": "letter", "url": "http://127.0.0.1:8101/letters/x"},
        },
    ],
}
SEEDED = {
    "people": [
        {
            "name": "Sari Wulandari",
            "email": "sari@surel.nusa",
            "password": "teras-rumah-biru-7",
            "totp_secret": "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP",
            "nusaid": {"number": "3174000000000001", "pin": "123456"},
        },
        {
            "name": "Slamet",
            "email": "slamet@surel.nusa",
            "password": "sawah-padi-kuning-3",
            "totp_secret": None,
            "nusaid": None,
        },
    ],
    "staff": [
        {
            "name": "Dewi",
            "email": "dewi@nusa.nusa",
            "agency": "",
            "role": "steward",
            "join_url": "http://localhost:8000/staff/join/x/",
        }
    ],
}


def build():
    return description.build(
        portal_url="http://localhost:8000",
        mail_url="http://127.0.0.1:8025",
        witness_url="http://127.0.0.1:8027",
        nusaid_url="http://127.0.0.1:8120",
        agencies=[AGENCY],
        codes={"tax": {"sari@surel.nusa": "7K3M 9Q2X RT5W", "slamet@surel.nusa": "ABCD EFGH JKMN"}},
        seeded=SEEDED,
        pids={"web": 4711, "worker": None},
    )


def test_what_is_built_keeps_to_the_schema():
    jsonschema.validate(build(), description.read_schema())


def test_the_schema_itself_is_one():
    jsonschema.Draft202012Validator.check_schema(description.read_schema())


def test_each_person_gets_her_own_code_and_answers():
    sari, slamet = build()["people"]

    assert sari["links"] == [
        {
            "agency": "tax",
            "code": "7K3M 9Q2X RT5W",
            "answers": {"tax_number": "12.345.678.9-012.345"},
            "codes_arrive": {"channel": "email", "address": "sari@surel.nusa"},
        }
    ]
    assert slamet["links"][0]["codes_arrive"]["channel"] == "letter"


def test_a_process_that_does_not_run_has_no_number():
    assert build()["pids"] == {"web": 4711}


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("portal", "issuer"), "localhost:8000"),
        (("people", 0, "totp_secret"), "not base32!"),
        (("people", 0, "links", 0, "code"), "7K3M9Q2XRT5"),
        (("people", 0, "links", 0, "codes_arrive"), {"channel": "pigeon", "address": "x"}),
        (("people", 0, "links", 0, "codes_arrive"), {"channel": "email"}),
        (("witness", "url"), "the witness"),
        (("agencies", 0, "level"), "galactic"),
        (("pids", "web"), 0),
        (("surprise",), 1),
    ],
)
def test_the_schema_refuses_what_a_script_could_not_use(path, value):
    content = copy.deepcopy(build())
    place = content
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] = value

    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(content, description.read_schema())


def test_the_end_forgets_the_processes_and_keeps_the_rest(tmp_path):
    path = tmp_path / "demo.json"
    description.write(path, build())

    description.forget_processes(path)

    assert json.loads(path.read_text()) == build() | {"pids": {}}


def test_an_end_before_the_first_description_writes_none(tmp_path):
    description.forget_processes(tmp_path / "demo.json")

    assert list(tmp_path.iterdir()) == []


def test_the_ready_lines_tell_a_person_where_to_go_and_how_to_get_in():
    said = description.announce(build(), seconds=4.24)

    assert "Ready in 4.2 s: http://localhost:8000" in said
    for words in (
        "http://127.0.0.1:8025",
        "http://127.0.0.1:8027/",
        "Nusa Tax Office",
        "http://127.0.0.1:8101/",
        "teras-rumah-biru-7",
        "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP",
        "no second factor yet",
    ):
        assert words in said
