# SPDX-License-Identifier: Apache-2.0
"""A person's account: credentials, sessions, activity."""

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "satupintu.trust.accounts"
    label = "accounts"
