# SPDX-License-Identifier: Apache-2.0
"""How a line of the log is written: what broke and where, never what the database quoted."""

import logging
import traceback
from collections.abc import Iterator
from types import TracebackType

import psycopg
from django.db import Error as DatabaseError


class LineFormatter(logging.Formatter):
    """A database error's words quote rows and statements, so only its kind and code are kept."""

    def formatException(  # noqa: N802 - logging's own name
        self,
        ei: tuple[type[BaseException], BaseException, TracebackType | None]
        | tuple[None, None, None],
    ) -> str:
        chain = list(_walk(ei[1]))
        if not any(_is_of_database(error) for error in chain):
            return super().formatException(ei)
        return "\n".join(
            "".join(traceback.format_tb(error.__traceback__)) + _describe(error)
            for error in reversed(chain)
        )

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802
        """An error handed over as an argument is words too."""
        if isinstance(record.args, tuple) and any(map(_is_of_database, record.args)):
            told = [_describe(arg) if _is_of_database(arg) else arg for arg in record.args]
            record.message = str(record.msg) % tuple(told)
        return super().formatMessage(record)


def _walk(error: BaseException | None) -> Iterator[BaseException]:
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        yield error
        error = error.__cause__ or error.__context__


def _is_of_database(error: object) -> bool:
    return isinstance(error, DatabaseError | psycopg.Error)


def _describe(error: object) -> str:
    """The words of any error in the chain may repeat the database's."""
    sqlstate = getattr(error, "sqlstate", None)
    return type(error).__qualname__ + (f" sqlstate={sqlstate}" if sqlstate else "")
