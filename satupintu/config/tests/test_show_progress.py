# SPDX-License-Identifier: Apache-2.0
import io

import pytest

from satupintu.config.demo.progress import Progress


class ClosedTerminal(io.StringIO):
    def write(self, text: str) -> int:
        raise BrokenPipeError


def test_each_step_leaves_a_line_with_its_time():
    out = io.StringIO()

    with Progress(out).step("PostgreSQL"):
        pass

    assert out.getvalue().split()[0] == "PostgreSQL"
    assert out.getvalue().endswith(" s\n")


def test_a_failed_step_says_so_and_hides_nothing():
    out = io.StringIO()

    with pytest.raises(ZeroDivisionError), Progress(out).step("PostgreSQL"):
        raise ZeroDivisionError

    assert "failed" in out.getvalue()


def test_a_closed_terminal_ends_nothing():
    with Progress(ClosedTerminal()).step("PostgreSQL"):
        reached = True

    assert reached
