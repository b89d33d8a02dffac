# SPDX-License-Identifier: Apache-2.0
"""Draws a Django form's fields with govuk-frontend's components, errors linked and all.

Templates use it through the macros of `design/fields.html`.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from django import forms
from django.forms.utils import ErrorList
from django.utils.translation import gettext
from markupsafe import Markup

from satupintu.design.dates import DayMonthYear
from satupintu.design.govuk import GovukComponents
from satupintu.design.typed import read_value

Parameters = dict[str, Any]

# For a field that sets no limit.
LONGEST_REDRAWN = 4096

# Attributes of a widget that the component's own parameters already say.
_SAID_ELSEWHERE = {
    "id",
    "class",
    "type",
    "autocomplete",
    "inputmode",
    "required",
    "rows",
    "spellcheck",
}


def draw_error_summary(form: forms.BaseForm) -> Markup:
    """Everything wrong with the form, each linked to its field; empty where nothing is."""
    problems = list(_list_problems(form))
    if not problems:
        return Markup()
    return _govuk.error_summary({"titleText": gettext("There is a problem"), "errorList": problems})


def _list_problems(form: forms.BaseForm) -> Iterator[Parameters]:
    for name, errors in form.errors.items():
        field = form[name] if name in form.fields else None
        for error in errors:
            if field is None or field.is_hidden:
                yield {"text": str(error)}
            else:
                yield {"text": str(error), "href": f"#{_get_first_id(field)}"}


def draw_field(  # noqa: C901 - one question after another, read from top to bottom
    bound: forms.BoundField,
    *,
    label: str | None = None,
    hint: str | None = None,
    autocomplete: str | None = None,
    inputmode: str | None = None,
    enterkeyhint: str | None = None,
    code: str | None = None,
    short: bool = False,
    heading: bool = False,
    choices: bool = False,
    hints: Mapping[str, str] | None = None,
    prefix: str | None = None,
    suffix: str | None = None,
) -> Markup:
    """Draw one field. What is given wins over what the form says."""
    if bound.is_hidden:
        return Markup(str(bound))  # noqa: S704 - Django escaped it
    widget = bound.field.widget
    text = str(label if label is not None else bound.label)
    if not bound.field.required and not isinstance(widget, forms.CheckboxInput):
        text = gettext("%(label)s (optional)") % {"label": text}
    described = _describe(bound, hint)
    title = _title(text, heading=heading)
    if isinstance(widget, DayMonthYear):
        return _draw_date(bound, widget, described, title)
    if isinstance(widget, forms.RadioSelect | forms.CheckboxSelectMultiple):
        return _draw_choices(bound, described, title, hints or {}, as_cards=choices)
    if isinstance(widget, forms.CheckboxInput):
        return _draw_checkbox(bound, described, text)

    attributes = bound.build_widget_attrs({}, widget) | widget.attrs
    if enterkeyhint:
        attributes["enterkeyhint"] = enterkeyhint
    described |= {
        "id": bound.id_for_label or bound.auto_id,
        "label": title,
        "autocomplete": autocomplete or attributes.get("autocomplete"),
        "inputmode": inputmode or attributes.get("inputmode"),
        "attributes": {
            name: {"value": value, "optional": True}
            for name, value in attributes.items()
            if name not in _SAID_ELSEWHERE
        },
    }
    if code:
        described |= _look_like_code(digits=code == "digits", inputmode=described["inputmode"])
    if short:
        described["classes"] = "input--short"
    for name, affix in (("prefix", prefix), ("suffix", suffix)):
        if affix:
            described[name] = {"text": affix}
    return _draw_entry(bound, described, attributes)


def _draw_entry(bound: forms.BoundField, described: Parameters, attributes: Parameters) -> Markup:
    """A field with one element of its own: typed, chosen from a list, or a file."""
    widget = bound.field.widget
    if isinstance(widget, forms.Select):
        return _govuk.select(described | {"items": list(_list_items(bound, {}))})
    if isinstance(widget, forms.PasswordInput):
        return _govuk.password_input(described | _get_password_words())
    if isinstance(widget, forms.FileInput):
        return _govuk.file_upload(described)
    value = read_value(bound)
    described["value"] = "" if value is None else str(widget.format_value(value) or "")
    if isinstance(widget, forms.Textarea):
        return _draw_textarea(bound, described, attributes)
    if len(described["value"]) > (getattr(bound.field, "max_length", None) or LONGEST_REDRAWN):
        # No browser lets a person type this; whoever sent it need not get it back.
        described["value"] = ""
    return _govuk.input(
        described | {"type": getattr(widget, "input_type", "text"), "spellcheck": False}
    )


def _look_like_code(*, digits: bool, inputmode: str | None) -> Parameters:
    if digits:
        return {
            "classes": "input--code input--digits",
            "inputmode": inputmode or "numeric",
            "autocapitalize": "none",
        }
    return {"classes": "input--code", "inputmode": inputmode, "autocapitalize": "characters"}


def _draw_choices(
    bound: forms.BoundField,
    described: Parameters,
    title: Parameters,
    hints: Mapping[str, str],
    *,
    as_cards: bool,
) -> Markup:
    described |= {
        "idPrefix": bound.auto_id,
        "items": list(_list_items(bound, hints)),
        "fieldset": {"legend": title},
        "formGroup": {"classes": "choices"} if as_cards else {},
    }
    if isinstance(bound.field.widget, forms.CheckboxSelectMultiple):
        return _govuk.checkboxes(described)
    return _govuk.radios(described)


def _describe(bound: forms.BoundField, hint: str | None) -> Parameters:
    """What every kind of field has: its name, hint and errors."""
    described: Parameters = {"name": bound.html_name}
    words = hint if hint is not None else bound.help_text
    if words:
        described["hint"] = {"text": str(words)}
    errors: ErrorList = bound.errors
    if errors:
        described["errorMessage"] = {
            "text": " ".join(str(error) for error in errors),
            "visuallyHiddenText": gettext("Error"),
        }
    return described


def _title(text: str, *, heading: bool) -> Parameters:
    if not heading:
        return {"text": text}
    return {
        "text": text,
        "isPageHeading": True,
        "classes": "govuk-label--l govuk-fieldset__legend--l",
    }


def _list_items(bound: forms.BoundField, hints: Mapping[str, str]) -> Iterator[Parameters]:
    value = read_value(bound)
    chosen = {str(one) for one in value} if isinstance(value, list | tuple | set) else {str(value)}
    for key, text in bound.field.choices:  # type: ignore[attr-defined]
        item: Parameters = {"value": str(key), "text": str(text)}
        # Only the chosen one is said to be: the macros take a given `false` for an answer.
        if str(key) in chosen:
            item |= {"checked": True, "selected": True}
        if str(key) in hints:
            item["hint"] = {"text": hints[str(key)]}
        yield item


def _draw_checkbox(bound: forms.BoundField, shared: Parameters, text: str) -> Markup:
    item: Parameters = {"value": "on", "text": text, "id": bound.auto_id}
    if read_value(bound):
        item["checked"] = True
    hint = shared.pop("hint", None)
    if hint:
        item["hint"] = hint
    return _govuk.checkboxes(shared | {"idPrefix": bound.auto_id, "items": [item]})


def _draw_textarea(bound: forms.BoundField, shared: Parameters, attributes: Parameters) -> Markup:
    # Ten is what Django writes where nobody chose; half of that leaves the button in sight.
    rows = str(attributes.get("rows", "10"))
    shared["rows"] = "5" if rows == "10" else rows
    limit = getattr(bound.field, "max_length", None)
    if not limit:
        return _govuk.textarea(shared)
    # The browser must not cut a pasted text off silently; the counter and the server say it.
    shared["attributes"].pop("maxlength", None)
    return _govuk.character_count(shared | {"maxlength": limit} | _get_count_words())


def _draw_date(
    bound: forms.BoundField, widget: DayMonthYear, described: Parameters, title: Parameters
) -> Markup:
    is_birthday = "bday" in str(widget.attrs.get("autocomplete", "")).split()
    parts = (("day", gettext("Day")), ("month", gettext("Month")), ("year", gettext("Year")))
    items = [
        {
            "id": bound.auto_id if index == 0 else f"{bound.auto_id}_{index}",
            "name": f"{bound.html_name}_{index}",
            "label": words,
            "value": value,
            "classes": " govuk-input--error" if bound.errors else "",
            "inputmode": "numeric",
            "autocomplete": f"bday-{part}" if is_birthday else None,
        }
        for index, ((part, words), value) in enumerate(
            zip(parts, widget.get_parts(read_value(bound)), strict=True)
        )
    ]
    described.pop("name")
    described |= {
        "id": f"{bound.auto_id}-date",
        "items": items,
        "fieldset": {"legend": title, "role": "group"},
    }
    return _govuk.date_input(described)


def _get_first_id(bound: forms.BoundField) -> str:
    """Where the summary's link leads: the first choice, the first box, or the one element."""
    return bound.id_for_label or bound.auto_id


def _get_password_words() -> Parameters:
    return {
        "showPasswordText": gettext("Show"),
        "hidePasswordText": gettext("Hide"),
        "showPasswordAriaLabelText": gettext("Show password"),
        "hidePasswordAriaLabelText": gettext("Hide password"),
        "passwordShownAnnouncementText": gettext("Your password is visible"),
        "passwordHiddenAnnouncementText": gettext("Your password is hidden"),
    }


def _get_count_words() -> Parameters:
    # govuk-frontend fills in %{count} in the browser, so it is left as it stands.
    return {
        "textareaDescriptionText": gettext("You can enter up to %{count} characters"),
        "charactersUnderLimitText": {
            "one": gettext("You have %{count} character left"),
            "other": gettext("You have %{count} characters left"),
        },
        "charactersAtLimitText": gettext("You have no characters left"),
        "charactersOverLimitText": {
            "one": gettext("You have %{count} character too many"),
            "other": gettext("You have %{count} characters too many"),
        },
    }


_govuk = GovukComponents()
