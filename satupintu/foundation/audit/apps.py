# SPDX-License-Identifier: Apache-2.0
"""The one place where a read of a person's data by somebody else is recorded."""

from django.apps import AppConfig


class AuditConfig(AppConfig):
    name = "satupintu.foundation.audit"
    label = "audit"
