# SPDX-License-Identifier: Apache-2.0
"""What the build left: small, whole, ours, and the same when built again."""

import gzip
import re
from pathlib import Path

import pytest

from satupintu.design import build, icons

SOURCES = Path(build.HERE).parent
KIB = 1024


def weigh(name: str) -> int:
    data = (build.OUTPUT / name).read_bytes()
    return len(data) if name.endswith(".woff2") else len(gzip.compress(data, 6))


@pytest.fixture(scope="module")
def css() -> str:
    return (build.OUTPUT / "site.css").read_text("utf-8")


def test_the_assets_are_built_from_what_stands_here():
    assert (build.OUTPUT / build.STAMP).read_text("utf-8") == build.compute_fingerprint()


def test_a_second_build_does_nothing():
    assert build.build() is False


@pytest.mark.usefixtures("own_portal")
def test_a_first_visit_stays_far_below_90_kilobytes(client, settings):
    settings.DEMO = True
    loaded = [
        "site.css",
        "site.js",
        "fonts/plus-jakarta-sans-latin.woff2",
        "kawung.svg",
        "favicon.svg",
    ]

    page = len(gzip.compress(client.get("/design/").content, 6))
    total = page + sum(weigh(name) for name in loaded)

    assert weigh("site.css") <= 20 * KIB
    assert weigh("site.js") <= 8 * KIB
    # The living page holds every component there is; no other page is heavier.
    assert page <= 12 * 1000
    assert total <= 70 * 1000


@pytest.mark.parametrize(
    "forbidden", ["crown", "crest", "GDS Transport", "data:", "http:", "https:"]
)
def test_nothing_in_the_styles_is_another_governments_or_elsewhere(css, forbidden):
    assert forbidden not in css


def test_letters_swap_without_moving_anything(css):
    assert css.count("font-display:swap") == 2
    assert "size-adjust" in css
    assert "ascent-override" in css


def list_templates() -> list[Path]:
    return sorted(SOURCES.glob("**/jinja2/**/*.html"))


def test_every_class_in_a_template_stands_in_the_styles(css):
    known = set(re.findall(r"\.([a-zA-Z][\w-]*)", css))
    unknown = set()

    for template in list_templates():
        # What a template computes becomes "*", and a name with that in it is left out.
        source = re.sub(r"\{#.*?#\}", "", template.read_text("utf-8"), flags=re.DOTALL)
        source = re.sub(r"\{%.*?%\}", " ", source, flags=re.DOTALL)
        source = re.sub(r"\{\{.*?\}\}", "*", source, flags=re.DOTALL)
        for value in re.findall(r'\sclass="([^"]*)"', source):
            names = {name for name in value.split() if "*" not in name and name[-1] not in "-_"}
            unknown |= {f"{template.name}: {name}" for name in names - known}

    assert unknown == set()


def test_every_icon_a_template_names_was_built():
    drawings = icons.get_drawings()
    pattern = r"""(?:icon|tile)\("([a-z0-9-]+)"|icon_name="([a-z0-9-]+)\""""

    named = {
        first or second: template.name
        for template in list_templates()
        for first, second in re.findall(pattern, template.read_text("utf-8"))
    }

    assert len(named) > 10
    assert {name: at for name, at in named.items() if name not in drawings} == {}


def test_no_template_writes_what_the_policy_refuses():
    refused = re.compile(r'\sstyle="|\son[a-z]+="|<style|<script(?! type="module" src=)')
    templates = list_templates()

    assert len(templates) > 20
    assert [each for each in templates if refused.search(each.read_text("utf-8"))] == []
    # And the pattern finds what it is for.
    assert all(refused.search(evil) for evil in ('<p style="">', '<a onclick="">', "<script>"))


def test_licences_of_what_we_carry_go_along():
    for name in build.LICENCES:
        assert (build.OUTPUT / "licences" / f"{name}.txt").stat().st_size > 500
