# SPDX-License-Identifier: Apache-2.0
"""`python -m benchmarks.run [ONLY]`: measure, compare with the budgets, say so.

The last line is JSON: {"benchmark", "ratios", "budgets", "ok"}. Exit code 1 where a budget broke.
"""

import importlib
import json
import pkgutil
import sys
import tomllib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import benchmarks
from benchmarks.frame import Outcome

FRAME = {"run", "frame", "__main__"}


def main(arguments: Sequence[str]) -> int:
    names = sorted({module.name for module in pkgutil.iter_modules(benchmarks.__path__)} - FRAME)
    wanted = list(arguments) or names
    unknown = set(wanted) - set(names)
    if unknown:
        print(f"There is no benchmark {', '.join(sorted(unknown))}; there are {', '.join(names)}.")
        return 2
    budgets = tomllib.loads(Path(__file__).with_name("budgets.toml").read_text("utf-8"))
    lines = []
    for name in wanted:
        outcome = importlib.import_module(f"benchmarks.{name}").measure()
        line = judge(name, outcome, budgets)
        print_table(name, outcome, budgets)
        lines.append(line)
        print(json.dumps(line), flush=True)
    if len(lines) > 1:
        print(json.dumps(join(lines)))
    return 0 if all(line["ok"] for line in lines) else 1


def judge(name: str, outcome: Outcome, budgets: dict[str, Any]) -> dict[str, Any]:
    """A ratio without a budget is not ok: somebody forgot to decide."""
    bounds = {ratio: budgets.get(ratio, {}) for ratio in outcome.ratios}
    return {
        "benchmark": name,
        "ratios": {ratio: round(value, 3) for ratio, value in outcome.ratios.items()},
        "budgets": {ratio: bound.get("max", bound.get("min")) for ratio, bound in bounds.items()},
        "ok": all(is_within(outcome.ratios[ratio], bound) for ratio, bound in bounds.items()),
    }


def is_within(value: float, bound: dict[str, float]) -> bool:
    if "max" not in bound and "min" not in bound:
        return False
    return bound.get("min", value) <= value <= bound.get("max", value)


def join(lines: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """All of them in one line, which is then the last."""
    return {
        "benchmark": "all",
        "ratios": {name: value for line in lines for name, value in line["ratios"].items()},
        "budgets": {name: value for line in lines for name, value in line["budgets"].items()},
        "ok": all(line["ok"] for line in lines),
    }


def print_table(name: str, outcome: Outcome, budgets: dict[str, Any]) -> None:
    lines = [list(map(str, outcome.header)), *(list(map(str, row)) for row in outcome.rows)]
    widths = [max(len(line[column]) for line in lines) for column in range(len(outcome.header))]
    print(f"\n{name}\n{'=' * len(name)}")
    for number, line in enumerate(lines):
        first, *rest = (
            cell.ljust(width) if column == 0 else cell.rjust(width)
            for column, (cell, width) in enumerate(zip(line, widths, strict=True))
        )
        print("  ".join([first, *rest]).rstrip())
        if number == 0:
            print("  ".join("-" * width for width in widths))
    for ratio, value in outcome.ratios.items():
        bound = budgets.get(ratio, {})
        said = ", ".join(f"{kind} {limit:g}" for kind, limit in bound.items()) or "no budget"
        print(f"{ratio}: {value:.2f} ({said})")
    for note in outcome.notes:
        print(note)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
