# SPDX-License-Identifier: Apache-2.0
"""Authlib's server classes over our own models and rules."""

from .requests import ProviderRequest
from .server import server

__all__ = ["ProviderRequest", "server"]
