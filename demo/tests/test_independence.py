# SPDX-License-Identifier: Apache-2.0
"""An agency shares a published contract with the portal, and not a line of code."""

import ast
from pathlib import Path

DEMO = Path(__file__).parents[1]


def list_imports(path: Path) -> set[str]:
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and node.level == 0:
            found.add(node.module.partition(".")[0])
    return found


def test_no_agency_imports_the_portal_or_its_framework():
    files = [
        *DEMO.glob("*.py"),
        *(DEMO / "agency").rglob("*.py"),
        *(DEMO / "nusaid").rglob("*.py"),
        *(DEMO / "witness").rglob("*.py"),
    ]

    imports = {path.relative_to(DEMO): list_imports(path) for path in files}

    assert len(imports) > 15
    assert not {path for path, names in imports.items() if names & {"satupintu", "django"}}


def test_no_agency_names_the_portal_in_a_dynamic_import():
    for path in [*(DEMO / "agency").rglob("*.py"), *(DEMO / "witness").rglob("*.py")]:
        text = path.read_text(encoding="utf-8")

        assert 'import_module("satupintu' not in text
        assert "__import__" not in text
