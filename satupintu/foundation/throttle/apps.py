# SPDX-License-Identifier: Apache-2.0
"""Counters that hold across workers."""

from django.apps import AppConfig


class ThrottleConfig(AppConfig):
    name = "satupintu.foundation.throttle"
    label = "throttle"
