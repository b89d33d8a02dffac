# SPDX-License-Identifier: Apache-2.0
"""The OpenID Connect provider for agencies."""

from django.apps import AppConfig


class SigninConfig(AppConfig):
    name = "satupintu.trust.signin"
    label = "signin"
