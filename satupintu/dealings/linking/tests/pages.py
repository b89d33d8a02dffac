# SPDX-License-Identifier: Apache-2.0
"""What the tests of pages share."""

import re

from django.urls import reverse

from satupintu.dealings.exchange.tests.fake_agency import RIGHT_ANSWERS

FORM = {
    "tax_number": RIGHT_ANSWERS["tax_number"],
    "born_on_0": "17",
    "born_on_1": "8",
    "born_on_2": "1988",
}
PAGES = ["start", "code", "questions", "review", "unfinished", "done", "unlink"]


def page(name, slug="pajak"):
    return reverse(f"linking:{name}", kwargs={"slug": slug})


def text_of(response):
    return response.content.decode()


def title_of(response):
    return re.search(r"<title>(.*?)</title>", text_of(response)).group(1)
