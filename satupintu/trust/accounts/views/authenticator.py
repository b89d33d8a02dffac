# SPDX-License-Identifier: Apache-2.0
"""What sign-up and the security pages share about apps and passkeys."""

import base64
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO
from typing import Any
from urllib.parse import quote, urlencode

import qrcode
from allauth.mfa.totp.internal.auth import generate_totp_secret
from django.contrib import messages
from django.http import HttpRequest
from qrcode.image.svg import SvgPathImage

from satupintu.trust.accounts import actions, forms

ISSUER = "Satu Pintu"


@dataclass(frozen=True)
class AppSecret:
    """A secret to put into an authenticator app: to scan, to tap, or to type."""

    secret: str
    address: str
    picture: str  # a data: URL, for an <img>

    @property
    def groups(self) -> str:
        return " ".join(self.secret[i : i + 4] for i in range(0, len(self.secret), 4))


def new_secret() -> str:
    return generate_totp_secret()


def describe_app(email: str, secret: str) -> AppSecret:
    query = urlencode({"secret": secret, "issuer": ISSUER}, quote_via=quote)
    address = f"otpauth://totp/{quote(f'{ISSUER}:{email}')}?{query}"
    buffer = BytesIO()
    qrcode.make(address, image_factory=SvgPathImage, border=2).save(buffer)
    picture = base64.b64encode(buffer.getvalue()).decode("ascii")
    return AppSecret(secret=secret, address=address, picture=f"data:image/svg+xml;base64,{picture}")


def prove_app(secret: str, typed: str, at: datetime) -> actions.AppProof:
    """Raises FactorWrong unless the app shows this code now."""
    return actions.prove_app(secret=secret, typed=typed, at=at)


def read_new_passkey(request: HttpRequest, at: datetime) -> dict[str, Any]:
    """Raises PasskeyRefused."""
    form = forms.PasskeyForm(request.POST)
    if not form.is_valid():
        raise actions.PasskeyRefused
    return actions.complete_creation(
        session=request.session, answer=form.cleaned_data["credential"], at=at
    )


def say(request: HttpRequest, words: str) -> None:
    """On the next page."""
    messages.success(request, words)


def warn(request: HttpRequest, words: str) -> None:
    """On the next page, as something that did not happen."""
    messages.warning(request, words)
