# SPDX-License-Identifier: Apache-2.0
"""What django-allauth asks of us: secrets of authenticators are encrypted where they are stored.

Its models and arithmetic are used; its pages are not (docs/adr/0018: sign-up stores nothing before
all of it is proved, and tries are counted by account together with device).
"""

from allauth.mfa.adapter import DefaultMFAAdapter

from satupintu.foundation import crypto


class MFAAdapter(DefaultMFAAdapter):
    def encrypt(self, text: str) -> str:
        return crypto.encrypt(text)

    def decrypt(self, encrypted_text: str) -> str:
        return crypto.decrypt(encrypted_text)
