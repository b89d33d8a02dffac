# SPDX-License-Identifier: Apache-2.0
"""One row of a model by a statement that is written out, for the few that every page pays for.

Django's `raw()` works out columns and converters anew at each call, which costs as much as the
statement itself.
"""

from collections.abc import Callable, Sequence
from functools import cache
from typing import Any, TypeVar

from django.db import DEFAULT_DB_ALIAS, connection
from django.db.models import Model

M = TypeVar("M", bound=Model)


@cache
def list_columns(model: type[Model]) -> tuple[str, ...]:
    """Every column by name: a prepared "*" would fail in running servers once a migration adds
    one."""
    return tuple(field.column for field in model._meta.concrete_fields)  # noqa: SLF001


@cache
def _describe(model: type[Model]) -> tuple[tuple[str, ...], dict[int, Callable[..., Any]]]:
    """The names of the fields, and how those are read that the driver does not read by itself."""
    fields = model._meta.concrete_fields  # noqa: SLF001
    readers = {
        place: field.from_db_value
        for place, field in enumerate(fields)
        if hasattr(field, "from_db_value")
    }
    return tuple(field.attname for field in fields), readers


def fetch_row(
    model: type[M], statement: str, params: Sequence[Any], *, brought: Sequence[str] = ()
) -> M | None:
    """The first row that `statement` answers; None for none.

    It must ask for `list_columns(model)`, in this order, and then for what becomes the attributes
    named in `brought`.
    """
    with connection.cursor() as cursor:
        cursor.execute(statement, params)
        row = cursor.fetchone()
    if row is None:
        return None
    names, readers = _describe(model)
    values = list(row)
    for place, read in readers.items():
        values[place] = read(values[place], None, connection)
    found = model.from_db(DEFAULT_DB_ALIAS, names, values[: len(names)])
    for name, value in zip(brought, values[len(names) :], strict=True):
        setattr(found, name, value)
    return found
