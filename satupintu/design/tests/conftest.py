# SPDX-License-Identifier: Apache-2.0
import pytest
from django.template import engines
from django.test import RequestFactory
from django.utils import translation

from satupintu.design import shell


@pytest.fixture
def own_portal(settings, monkeypatch):
    """A portal without the apps above, and without what they registered."""
    monkeypatch.setattr(shell, "_nav", {})
    monkeypatch.setattr(shell, "_footer", {})
    settings.ROOT_URLCONF = "satupintu.design.tests.addresses"


@pytest.fixture
def in_english():
    with translation.override("en"):
        yield


@pytest.fixture
def render():
    """Renders a template's source with the macros imported as `c` and `f`."""
    imports = '{% import "design/components.html" as c %}{% import "design/fields.html" as f %}'

    def render_source(source, **context):
        template = engines["jinja2"].from_string(imports + source)
        return template.render(context).strip()

    return render_source


@pytest.fixture
def request_for():
    factory = RequestFactory()

    def make(path="/", **headers):
        return factory.get(path, headers=headers)

    return make
