# SPDX-License-Identifier: Apache-2.0
"""Who may see or send what, for how long."""

from django.apps import AppConfig


class ConsentConfig(AppConfig):
    name = "satupintu.trust.consent"
    label = "consent"
