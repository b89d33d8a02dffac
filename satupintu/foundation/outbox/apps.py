# SPDX-License-Identifier: Apache-2.0
"""Events that commit with what they tell of, and reach every subscriber at least once."""

from django.apps import AppConfig


class OutboxConfig(AppConfig):
    name = "satupintu.foundation.outbox"
    label = "outbox"
