# SPDX-License-Identifier: Apache-2.0
"""A person's account joined to an agency's record."""

from django.apps import AppConfig


class LinkingConfig(AppConfig):
    name = "satupintu.dealings.linking"
    label = "linking"
