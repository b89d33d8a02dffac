# SPDX-License-Identifier: Apache-2.0
"""`offline_access`, as the person agrees to it and finds it among her permissions."""

from satupintu.trust.consent.actions import Attribute, Words

from .rules import OFFLINE_ACCESS

ATTRIBUTE = Attribute(
    OFFLINE_ACCESS,
    # After "may know".
    Words(
        id="hal-hal yang Anda izinkan, juga saat Anda tidak sedang masuk di sana",
        en="what you allow it, also while you are not signed in there",
    ),
    category="pd:Identifying",
)
