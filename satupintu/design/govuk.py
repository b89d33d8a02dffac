# SPDX-License-Identifier: Apache-2.0
"""The macros of govuk-frontend-jinja, as functions: `govuk.input({...})` in a template."""

from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

import jinja2
from markupsafe import Markup

# Those whose styles `styles/_govuk.scss` loads; for the rest we have components of our own.
STYLED = frozenset(
    [
        "breadcrumbs",
        "button",
        "character_count",
        "checkboxes",
        "date_input",
        "details",
        "error_message",
        "error_summary",
        "fieldset",
        "file_upload",
        "hint",
        "input",
        "inset_text",
        "label",
        "password_input",
        "radios",
        "select",
        "textarea",
        "warning_text",
    ]
)

Component = Callable[[Mapping[str, Any]], Markup]


class GovukComponents:
    """`password_input` is the macro `govukPasswordInput`, and so on.

    They live in an environment of their own, because they read parameters that nobody gave; our
    own templates are strict, so that a misspelt name is a failing test and not an empty page.
    """

    def __getattr__(self, name: str) -> Component:
        if name not in STYLED:
            raise AttributeError(name)
        return _get_component(name)


@cache
def _get_environment() -> jinja2.Environment:
    loader = jinja2.PackageLoader("govuk_frontend_jinja")
    return jinja2.Environment(
        loader=jinja2.PrefixLoader({"govuk_frontend_jinja": loader}),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
    )


@cache
def _get_component(name: str) -> Component:
    folder = name.replace("_", "-")
    template = _get_environment().get_template(
        f"govuk_frontend_jinja/components/{folder}/macro.html"
    )
    macro = "govuk" + "".join(part.capitalize() for part in name.split("_"))
    return getattr(template.module, macro)
