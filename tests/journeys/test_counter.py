# SPDX-License-Identifier: Apache-2.0
"""A person proves who she is at a counter: her phone on one side, a member of staff on the other."""

import pytest

from . import staff, steps
from .walker import Walker

SAID = {"id": "tinggi: membuka hampir semua layanan", "en": "high: opens nearly everything"}


@pytest.mark.parametrize(
    ("language", "desk"),
    [("id", "rina.kartika@pajak.nusa"), ("en", "putu.lestari@pasirputih.nusa")],
)
def test_staff_compare_her_with_her_papers_and_she_sees_at_once_what_she_reached(
    walk, country, language, desk
):
    person: Walker = walk(language)
    clerk: Walker = walk(language)
    steps.make_account(person, email=f"loket-{language}@surel.nusa", name="Intan Permata Laut")
    staff.come_on_duty(clerk, email=desk)

    person.go("/account/identity/")
    person.press('main a[href="/account/identity/counter/"]')
    person.press("#show")
    code = person.page.locator("#code code").inner_text()
    clerk.press('main a[href="/staff/identity/counter/"]')
    clerk.submit(code="AAAA AAAA")
    clerk.submit(code=code)
    assert clerk.says("Intan Permata Laut")
    person.press("#look")
    clerk.page.locator('main [name="paper"][value="id_card"]').check()
    clerk.page.locator('main [name="sure"]').check()
    clerk.press("#confirm")
    person.press("#look")

    assert person.path == "/account/identity/done/"
    assert person.says(SAID[language])
    member = next(one for one in country.description["staff"] if one["email"] == desk)
    assert person.says(country.agency_name(member["agency"], language))
    assert not person.says(member["name"])
    person.go("/home/access-log/")
    assert person.says(
        {"id": "mencocokkan Anda", "en": "compared you with your document"}[language]
    )
