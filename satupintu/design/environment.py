# SPDX-License-Identifier: Apache-2.0
"""The Jinja2 environment of every page: strict about names, escaped, in the person's language."""

from functools import lru_cache
from typing import Any

import jinja2
from django.conf import settings
from django.templatetags.static import static
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext, ngettext, npgettext, pgettext
from markupsafe import Markup

from satupintu.design import formats
from satupintu.design.context import PageContext
from satupintu.design.fields import draw_error_summary, draw_field
from satupintu.design.govuk import GovukComponents
from satupintu.design.icons import draw_icon, draw_mark


def get_url(name: str, *args: object, **kwargs: object) -> str:
    return _reverse(settings.ROOT_URLCONF, name, args, tuple(kwargs.items()))


# An address depends on nothing but its name and arguments, and a page asks for dozens.
@lru_cache(maxsize=1024)
def _reverse(
    _urlconf: str, name: str, args: tuple[object, ...], kwargs: tuple[tuple[str, object], ...]
) -> str:
    return reverse(name, args=args or None, kwargs=dict(kwargs) or None)


def translate(message: str, **values: object) -> str:
    """`_()` of the templates: what is put into a sentence is escaped, the sentence is ours."""
    text = _look_up(translation.get_language(), message)
    return text % values if values else _finish(text)


# Django walks a chain of catalogues for every string; a page has a hundred of them.
@lru_cache(maxsize=4096)
def _look_up(_language: str | None, message: str) -> Markup:
    return Markup(gettext(message))  # noqa: S704 - from a template or a catalogue of ours


@lru_cache(maxsize=4096)
def _finish(text: Markup) -> Markup:
    """A sentence that takes nothing in: "100%%" becomes "100%"."""
    return text % {}


def environment(**options: Any) -> jinja2.Environment:
    """Build the environment. Called by Django's Jinja2 backend, once."""
    # Django would have it lenient: a misspelt name shall be a failing test, not an empty page.
    options["undefined"] = jinja2.StrictUndefined
    options.setdefault("trim_blocks", True)
    options.setdefault("lstrip_blocks", True)
    extensions = ["jinja2.ext.i18n", *options.pop("extensions", [])]
    env = jinja2.Environment(extensions=extensions, **options)  # noqa: S701 - the backend turns autoescape on
    env.context_class = PageContext
    # A sentence may be broken over lines in a template; in the catalogue it is one line.
    env.policies["ext.i18n.trimmed"] = True
    env.install_gettext_callables(  # type: ignore[attr-defined]
        gettext, ngettext, newstyle=True, pgettext=pgettext, npgettext=npgettext
    )
    env.globals.update(
        {"_": translate, "gettext": translate},
        draw_error_summary=draw_error_summary,
        draw_field=draw_field,
        govuk=GovukComponents(),
        icon=draw_icon,
        mark=draw_mark,
        static=static,
        url=get_url,
        country_name=lambda: gettext(getattr(settings, "COUNTRY_NAME", "Republic of Nusa")),
        language=translation.get_language,
    )
    env.filters.update(
        date=formats.format_date,
        time=formats.format_time,
        moment=formats.format_moment,
        recently=formats.format_recently,
        number=formats.format_number,
        money=formats.format_money,
        grouped=formats.group_characters,
        capitalised=formats.capitalise,
    )
    return env
