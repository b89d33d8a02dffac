# SPDX-License-Identifier: Apache-2.0
"""Every migration must run while the last release still serves (house style 21).

Read as source, not imported: no database, no settings. The first migration of an app may do
anything, because nobody uses its tables yet.
"""

import ast
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]

BREAKS_THE_LAST_RELEASE = {
    "RenameField": "add, fill, switch, and drop a release later",
    "RenameModel": "add, fill, switch, and drop a release later",
    "AlterModelTable": "the last release still asks for the old table",
}
ONLY_IN_A_DROP = {"RemoveField", "DeleteModel"}
LOCKS_WHILE_IT_BUILDS = {
    "AddIndex": "use AddIndexConcurrently in a migration with atomic = False",
    "AddConstraint": "a new constraint on a full table needs NOT VALID first, in RunSQL",
}


def lint_migration(path: Path) -> list[str]:
    number, _, name = path.stem.partition("_")
    complaints = []
    if name.startswith("auto_"):
        complaints.append("a migration is named for what it does")
    tree = ast.parse(path.read_text("utf-8"))
    # What only the state learns touches no table.
    stated = {
        id(call)
        for node in ast.walk(tree)
        if isinstance(node, ast.keyword) and node.arg == "state_operations"
        for call in ast.walk(node)
    }
    calls = [
        node for node in ast.walk(tree) if isinstance(node, ast.Call) and id(node) not in stated
    ]
    made_here = {
        model for call in calls if _name_of(call) == "CreateModel" for model in _names(call, "name")
    }
    for call in calls:
        operation = _name_of(call)
        if operation == "RunPython" and not _has(call, "reverse_code", position=1):
            complaints.append(f"line {call.lineno}: RunPython without a way back")
        if number == "0001":
            continue
        if operation in BREAKS_THE_LAST_RELEASE:
            complaints.append(
                f"line {call.lineno}: {operation}: {BREAKS_THE_LAST_RELEASE[operation]}"
            )
        if operation in ONLY_IN_A_DROP and not name.startswith("drop_"):
            complaints.append(
                f"line {call.lineno}: {operation} stands in a migration named NNNN_drop_..., a"
                " release after the last use"
            )
        if operation in LOCKS_WHILE_IT_BUILDS and not made_here & _names(call, "model_name"):
            complaints.append(
                f"line {call.lineno}: {operation}: {LOCKS_WHILE_IT_BUILDS[operation]}"
            )
    return complaints


def _name_of(call: ast.Call) -> str:
    function = call.func
    if isinstance(function, ast.Attribute):
        return function.attr
    return function.id if isinstance(function, ast.Name) else ""


def _names(call: ast.Call, keyword: str) -> set[str]:
    values = [one.value for one in call.keywords if one.arg == keyword] or call.args[:1]
    return {
        value.value.lower()
        for value in values
        if isinstance(value, ast.Constant) and isinstance(value.value, str)
    }


def _has(call: ast.Call, keyword: str, *, position: int) -> bool:
    return len(call.args) > position or any(one.arg == keyword for one in call.keywords)


def main() -> int:
    bad = 0
    for path in sorted(ROOT.glob("satupintu/**/migrations/[0-9]*.py")):
        for complaint in lint_migration(path):
            print(f"{path.relative_to(ROOT)}: {complaint}")
            bad += 1
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
