# SPDX-License-Identifier: Apache-2.0
"""Page shell, components, styles. No data."""

from django.apps import AppConfig


class DesignConfig(AppConfig):
    name = "satupintu.design"
    label = "design"
