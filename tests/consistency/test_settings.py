# SPDX-License-Identifier: Apache-2.0
"""What production refuses to start with, seen from outside as an operator would."""

import json
import os
import subprocess
import sys

import pytest
from cryptography.fernet import Fernet

PRODUCTION = {
    "SATUPINTU_PUBLIC_URL": "https://satupintu.nusa",
    "SATUPINTU_SECRET_KEY": "a" * 60,
    "SATUPINTU_HASH_KEY": "b" * 40,
    "SATUPINTU_ENCRYPTION_KEYS": Fernet.generate_key().decode(),
    "DATABASE_URL": "postgresql://satupintu@db.nusa/satupintu",
}
DEMO_ENCRYPTION_KEY = "ZGVtby1lbmNyeXB0aW9uLWtleS1mb3ItdGVzdHMhISE="

READ = """
import json
from satupintu.config import settings
print(json.dumps({name: getattr(settings, name) for name in (
    "SNAPSHOT_SECONDS", "SESSION_COOKIE_NAME", "CSRF_COOKIE_NAME", "SESSION_COOKIE_SECURE",
    "SECURE_HSTS_SECONDS", "DEBUG", "LOOPBACK_ALLOWED", "ALLOWED_HOSTS")}))
"""


# Every cookie the portal knows, by what sets it.
COOKIES = """
import json, django
django.setup()
from django.conf import settings
from satupintu.design.notices import NoticeCookie
print(json.dumps([NoticeCookie.cookie_name] + [
    getattr(settings, name) for name in dir(settings)
    if name.endswith("COOKIE_NAME") and name.split("_")[0] in ("SESSION", "STAFF", "CSRF", "LANGUAGE")]))
"""


def read_settings(program: str = READ, **changes: str | None) -> subprocess.CompletedProcess[str]:
    environment = {
        name: value for name, value in os.environ.items() if not name.startswith("SATUPINTU_")
    }
    environment |= PRODUCTION | {"DJANGO_SETTINGS_MODULE": "satupintu.config.settings"}
    for name, value in changes.items():
        environment.pop(name, None)
        if value is not None:
            environment[name] = value
    return subprocess.run(
        [sys.executable, "-c", program],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )


def test_production_is_strict():
    read = json.loads(read_settings().stdout)

    assert read["SESSION_COOKIE_NAME"].startswith("__Host-")
    assert read["CSRF_COOKIE_NAME"].startswith("__Host-")
    assert read["SESSION_COOKIE_SECURE"] is True
    assert read["SECURE_HSTS_SECONDS"] >= 31536000
    assert read["DEBUG"] is False
    assert read["LOOPBACK_ALLOWED"] is False
    assert read["ALLOWED_HOSTS"] == ["satupintu.nusa"]


def test_every_cookie_over_https_belongs_to_this_host_alone():
    names = json.loads(read_settings(COOKIES).stdout)

    assert len(names) == 5
    assert all(name.startswith("__Host-") for name in names)


def test_safety_24_a_suspension_is_seen_by_every_process_within_sixty_seconds():
    assert 0 < json.loads(read_settings().stdout)["SNAPSHOT_SECONDS"] <= 60


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SATUPINTU_SECRET_KEY", None),
        ("SATUPINTU_SECRET_KEY", "demo-secret-key-for-tests-and-development-only-0123456789"),
        ("SATUPINTU_HASH_KEY", None),
        ("SATUPINTU_HASH_KEY", "demo-hash-key"),
        ("SATUPINTU_ENCRYPTION_KEYS", None),
        ("SATUPINTU_ENCRYPTION_KEYS", DEMO_ENCRYPTION_KEY),
        ("SATUPINTU_PUBLIC_URL", None),
        ("SATUPINTU_PUBLIC_URL", "http://satupintu.nusa"),
    ],
)
def test_safety_27_production_does_not_start_with_a_missing_or_a_demo_secret(name, value):
    refused = read_settings(**{name: value})

    assert refused.returncode != 0
    assert name in refused.stderr
