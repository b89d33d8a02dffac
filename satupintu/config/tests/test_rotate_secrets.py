# SPDX-License-Identifier: Apache-2.0
import pytest
from cryptography.fernet import Fernet
from django.core.management import call_command
from django.utils import timezone

from satupintu.foundation import crypto
from satupintu.foundation.audit import actions as audit
from satupintu.foundation.audit.tests.logs import look
from satupintu.trust.signin import actions as signin
from satupintu.trust.signin.models import SigningKey


@pytest.mark.django_db
def test_one_command_moves_every_kind_of_secret_and_says_how_many(settings, capsys):
    signin.ensure_signing_keys(at=timezone.now())
    look()
    audit.sequence_accesses()
    audit.sign_head(at=timezone.now())
    before = {row.kid: crypto.decrypt(row.private_jwk) for row in SigningKey.objects.all()}
    settings.ENCRYPTION_KEYS = [Fernet.generate_key().decode(), *settings.ENCRYPTION_KEYS]

    call_command("rotate_secrets")

    settings.ENCRYPTION_KEYS = settings.ENCRYPTION_KEYS[:1]
    after = {row.kid: crypto.decrypt(row.private_jwk) for row in SigningKey.objects.all()}
    assert after == before
    look()
    audit.sequence_accesses()
    assert audit.sign_head(at=timezone.now()) == 2
    said = capsys.readouterr().out
    assert f"{len(before)} signing keys" in said
    assert "secrets of accounts" in said
    assert "references to records" in said
    assert "1 keys of the access log" in said
