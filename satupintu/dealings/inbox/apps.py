# SPDX-License-Identifier: Apache-2.0
"""Messages and documents from agencies."""

from django.apps import AppConfig


class InboxConfig(AppConfig):
    name = "satupintu.dealings.inbox"
    label = "inbox"
