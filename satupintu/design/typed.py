# SPDX-License-Identifier: Apache-2.0
"""What a person had typed, drawn again into a form that nobody judges yet (ADR 0033).

The switch of language is a button of the form itself, so that it works without scripts: what was
typed is posted, the page is drawn anew as if it had only been opened, and the words are back in
their boxes. A page is opened so again, too, when proof lapsed while she wrote (safety rule 7).
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from django import forms
from django.http import HttpRequest, QueryDict
from django.utils.datastructures import MultiValueDict

# Where a form leads afterwards. Addresses of ours, never anything typed, so a page may be opened
# with them.
CARRIED = ("next", "fresh")
# Given back by nobody: what opens an account. (A file can't be: its widget has no value.)
_SECRET = {"one-time-code", "current-password", "new-password"}

_typed: ContextVar[QueryDict | None] = ContextVar("typed", default=None)


@contextmanager
def forget_afterwards() -> Iterator[None]:
    """A worker thread serves many people: what one typed ends with her request."""
    token = _typed.set(None)
    try:
        yield
    finally:
        _typed.reset(token)


def put_back(fields: QueryDict) -> None:
    """Have the forms of this request drawn with `fields`."""
    _typed.set(fields)


def get_typed() -> QueryDict | None:
    """What is drawn again in this request; None in all others."""
    return _typed.get()


def open_again(request: HttpRequest) -> None:
    """Make of a form that was sent a page that is opened: no view sees what was typed, so nothing
    is checked, kept or done with it."""
    fields = request.POST
    put_back(fields)
    query = request.GET.copy()
    for name in CARRIED:
        if name in fields:
            query[name] = fields[name]
    request.method = "GET"
    request.GET = query  # type: ignore[assignment]
    request.POST = QueryDict()
    request._files = MultiValueDict()  # type: ignore[attr-defined]  # noqa: SLF001 - Django's own name


def read_value(bound: forms.BoundField) -> Any:
    """The value to draw: what was typed before the page was opened again, else the form's own."""
    fields = _typed.get()
    if fields is None or bound.form.is_bound or is_secret(bound.field.widget):
        return bound.value()
    # Unticked boxes are not sent: a form is known to be the one by anything that was.
    if not any(_is_in(fields, other) for other in bound.form):
        return bound.value()
    return bound.field.widget.value_from_datadict(fields, MultiValueDict(), bound.html_name)


def is_secret(widget: forms.Widget) -> bool:
    attributes: Mapping[str, Any] = widget.attrs
    return (
        isinstance(widget, forms.PasswordInput | forms.FileInput)
        or attributes.get("autocomplete") in _SECRET
    )


def _is_in(fields: QueryDict, bound: forms.BoundField) -> bool:
    return any(name == bound.html_name or name.startswith(f"{bound.html_name}_") for name in fields)
