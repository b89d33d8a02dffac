# SPDX-License-Identifier: Apache-2.0
"""The signed-in front page: composes, owns no data."""

from django.apps import AppConfig


class HomeConfig(AppConfig):
    name = "satupintu.home"
    label = "home"
