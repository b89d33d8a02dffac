# SPDX-License-Identifier: Apache-2.0
"""Linking without a letter, and what happens to somebody who guesses."""

import pytest

from . import steps
from .walker import Walker

NAMES = ["id", "en", "id-without-javascript"]


@pytest.mark.parametrize(
    ("language", "javascript", "who", "slug"),
    [("id", True, 3, "school"), ("en", True, 4, "tax"), ("id", False, 5, "health")],
    ids=NAMES,
)
def test_answers_find_a_record_and_the_code_goes_to_the_contact_the_agency_has(
    walk, country, language, javascript, who, slug
):
    walker: Walker = walk(language, javascript=javascript)
    owner = country.person(who)
    link = country.link_of(owner, slug)
    steps.make_account(walker, email=f"tanya-{who}@surel.nusa", name=owner["name"])

    steps.link_by_questions(
        walker, slug=slug, answers=link["answers"], mailbox=link["codes_arrive"]["address"]
    )

    walker.go("/home/")
    assert walker.says(country.agency_name(slug, language))


@pytest.mark.parametrize(
    ("language", "javascript"), [("id", True), ("en", True), ("id", False)], ids=NAMES
)
def test_wrong_answers_close_that_route_alone_and_the_page_names_the_other(
    walk, country, language, javascript, request
):
    walker: Walker = walk(language, javascript=javascript)
    answers = country.link_of(country.person(1), "tax")["answers"]
    wrong = answers | {name: "0" * len(text) for name, text in answers.items() if "number" in name}
    mark = request.node.callspec.id
    steps.make_account(walker, email=f"tebak-{mark}@surel.nusa", name="Penebak")

    for _ in range(8):
        walker.go("/services/tax/link/questions/")
        if not walker.page.locator('main [name="tax_number"]').count():
            break
        steps.answer(walker, wrong)
    else:
        pytest.fail("the route of the questions never closed")

    assert walker.page.locator('main a[href="/services/tax/link/code/"]').count()
    walker.go("/services/tax/link/code/")
    assert walker.page.locator('main [name="code"]').is_visible()
