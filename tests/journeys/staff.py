# SPDX-License-Identifier: Apache-2.0
"""Somebody on duty, in a browser of her own with a virtual authenticator."""

from .walker import Walker

AUTHENTICATOR = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


def come_on_duty(walker: Walker, *, email: str) -> None:
    """The invitation is opened once, a passkey is made, and it signs in.

    A member joins once in a country; each journey has staff of its own.
    """
    devtools = walker.context.new_cdp_session(walker.page)
    devtools.send("WebAuthn.enable")
    devtools.send("WebAuthn.addVirtualAuthenticator", {"options": AUTHENTICATOR})
    [member] = [one for one in walker.country.description["staff"] if one["email"] == email]
    walker.go(member["join_url"])
    walker.press("main form button")
    walker.page.wait_for_url(f"{walker.country.portal}/staff/**")
