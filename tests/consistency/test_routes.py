# SPDX-License-Identifier: Apache-2.0
"""Deny by default: a route that does not say who may open it fails here."""

from collections.abc import Iterator

from django.urls import URLPattern, URLResolver, get_resolver

# The agency API authenticates in its router; tests/contracts shows that each path refuses
# a call without a token.
API_PREFIX = "api/v1/"


def walk(resolver: URLResolver, prefix: str = "") -> Iterator[tuple[str, URLPattern]]:
    for entry in resolver.url_patterns:
        where = prefix + str(entry.pattern)
        if isinstance(entry, URLResolver):
            yield from walk(entry, where)
        else:
            yield where, entry


def test_every_route_says_who_may_open_it():
    silent = [
        where
        for where, pattern in walk(get_resolver())
        if not where.startswith(API_PREFIX) and not hasattr(pattern.callback, "access")
    ]

    assert silent == []


def test_there_are_routes_of_every_kind():
    kinds = {
        getattr(pattern.callback, "access", "").split(":")[0] for _, pattern in walk(get_resolver())
    }

    assert {"public", "signed_in", "signed_in_al2", "protocol"} <= kinds
