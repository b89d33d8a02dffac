# SPDX-License-Identifier: Apache-2.0
import logging
import sys

import pytest
from django.conf import settings
from django.db import DataError, IntegrityError, connection

from satupintu.foundation.logs import LineFormatter

NAME = "Sari Wulandari"


def fail(error: Exception) -> None:
    raise error


def log_line(*args: object, msg: str = "Internal Server Error: /home/") -> str:
    record = logging.LogRecord("django.request", logging.ERROR, "", 0, msg, args, sys.exc_info())
    return LineFormatter("%(levelname)s %(message)s").format(record)


@pytest.mark.django_db
def test_a_database_error_is_logged_by_kind_and_place_and_not_by_the_row():
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT %s::text::integer", [NAME])
    except DataError:
        line = log_line()

    assert NAME not in line
    assert "DataError" in line
    assert "sqlstate=22P02" in line
    assert "test_logs.py" in line


def test_an_error_that_repeats_the_databases_words_is_cut_too():
    try:
        try:
            fail(IntegrityError(f"Key (name)=({NAME})"))
        except IntegrityError as error:
            raise RuntimeError(f"could not store: {error}") from error
    except RuntimeError:
        line = log_line()

    assert NAME not in line
    assert "RuntimeError" in line


def test_a_database_error_as_an_argument_is_only_its_kind():
    line = log_line(IntegrityError(NAME), msg="task failed: %s")

    assert NAME not in line
    assert "task failed: IntegrityError" in line


def test_any_other_error_keeps_its_words():
    try:
        fail(ValueError("the port is taken"))
    except ValueError:
        line = log_line()

    assert "ValueError: the port is taken" in line


def test_every_line_of_the_log_is_written_so():
    assert settings.LOGGING["formatters"]["line"]["()"] == "satupintu.foundation.logs.LineFormatter"
