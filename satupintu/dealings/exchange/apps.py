# SPDX-License-Identifier: Apache-2.0
"""The wire to and from agencies."""

from django.apps import AppConfig


class ExchangeConfig(AppConfig):
    name = "satupintu.dealings.exchange"
    label = "exchange"
