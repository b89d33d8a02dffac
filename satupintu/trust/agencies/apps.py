# SPDX-License-Identifier: Apache-2.0
"""Member agencies, their clients and keys."""

from django.apps import AppConfig


class AgenciesConfig(AppConfig):
    name = "satupintu.trust.agencies"
    label = "agencies"
