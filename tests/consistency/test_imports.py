# SPDX-License-Identifier: Apache-2.0
"""Rule 4 of the import rules: another app only through its doors."""

import grimp
import pytest

# `access` holds the decorators with which every route says who may open it (ADR 0001).
DOORS = {"actions", "queries", "access"}
FOLDERS = {"dealings", "trust"}


def app_of(module: str) -> str | None:
    """ "satupintu.trust.accounts" for anything inside that app; None elsewhere."""
    parts = module.split(".")
    return ".".join(parts[:3]) if len(parts) > 3 and parts[1] in FOLDERS else None


def is_door(module: str) -> bool:
    return module.split(".")[3] in DOORS


@pytest.fixture(scope="module")
def graph() -> grimp.ImportGraph:
    return grimp.build_graph("satupintu", exclude_type_checking_imports=True)


def test_an_app_is_used_by_another_only_through_actions_queries_and_access(graph):
    wrong = []

    for importer in graph.modules:
        # config composes addresses and APIs: naming urls and api modules is its work.
        if ".tests" in importer or importer.startswith("satupintu.config"):
            continue
        for imported in graph.find_modules_directly_imported_by(importer):
            other = app_of(imported)
            if other and other != app_of(importer) and not is_door(imported):
                wrong.append(f"{importer} imports {imported}")

    assert wrong == []


def test_the_rule_has_something_to_judge(graph):
    crossings = [
        (importer, imported)
        for importer in graph.modules
        for imported in graph.find_modules_directly_imported_by(importer)
        if app_of(importer) and app_of(imported) and app_of(importer) != app_of(imported)
    ]

    assert len(crossings) > 5
