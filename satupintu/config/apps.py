# SPDX-License-Identifier: Apache-2.0
"""Composition: settings, addresses, the `satupintu` command."""

from django.apps import AppConfig


class ConfigConfig(AppConfig):
    name = "satupintu.config"
    label = "config"
