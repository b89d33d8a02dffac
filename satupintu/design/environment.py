# SPDX-License-Identifier: Apache-2.0
"""The Jinja2 environment of every page: strict about names, escaped, in the person's language."""

from typing import Any

import jinja2
from django.conf import settings
from django.templatetags.static import static
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext, ngettext, npgettext, pgettext

from satupintu.design import formats
from satupintu.design.fields import draw_error_summary, draw_field
from satupintu.design.govuk import GovukComponents
from satupintu.design.icons import draw_icon, draw_mark


def get_url(name: str, *args: object, **kwargs: object) -> str:
    return reverse(name, args=args or None, kwargs=kwargs or None)


def environment(**options: Any) -> jinja2.Environment:
    """Build the environment. Called by Django's Jinja2 backend, once."""
    # Django would have it lenient: a misspelt name shall be a failing test, not an empty page.
    options["undefined"] = jinja2.StrictUndefined
    options.setdefault("trim_blocks", True)
    options.setdefault("lstrip_blocks", True)
    extensions = ["jinja2.ext.i18n", *options.pop("extensions", [])]
    env = jinja2.Environment(extensions=extensions, **options)  # noqa: S701 - the backend turns autoescape on
    # A sentence may be broken over lines in a template; in the catalogue it is one line.
    env.policies["ext.i18n.trimmed"] = True
    env.install_gettext_callables(  # type: ignore[attr-defined]
        gettext, ngettext, newstyle=True, pgettext=pgettext, npgettext=npgettext
    )
    env.globals.update(
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
    )
    return env
