# SPDX-License-Identifier: Apache-2.0
"""One settings module. What differs between places comes from the environment (ADR 0002)."""

import os
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _
from psycopg.conninfo import conninfo_to_dict


def _flag(name: str) -> bool:
    return os.environ.get(name, "") in {"1", "true", "yes"}


BASE_DIR = Path(__file__).resolve().parents[2]
HOME = Path(os.environ.get("SATUPINTU_HOME", ".satupintu")).resolve()

DEMO = _flag("SATUPINTU_DEMO")
TESTING = _flag("SATUPINTU_TEST")
DEBUG = _flag("SATUPINTU_DEBUG")
_RELAXED = DEMO or TESTING or DEBUG
# In the demo and in tests agencies live on this machine, over plain http; elsewhere never.
LOOPBACK_ALLOWED = _RELAXED


def _secret(name: str, made_up: str) -> str:
    """A secret of this installation. A missing one, or one of the demo, stops production at once
    (safety rule 27)."""
    value = os.environ.get(name, made_up if _RELAXED else "")
    if not value or (not _RELAXED and value.startswith("demo-")):
        raise ImproperlyConfigured(f"Set {name} to a secret of this installation's own.")
    return value


PUBLIC_URL = os.environ.get("SATUPINTU_PUBLIC_URL", "http://localhost:8000" if _RELAXED else "")
if not PUBLIC_URL:
    raise ImproperlyConfigured("Set SATUPINTU_PUBLIC_URL to the address that people type.")
PUBLIC_URL = PUBLIC_URL.rstrip("/")
_public = urlsplit(PUBLIC_URL)
HTTPS = _public.scheme == "https"
if not HTTPS and not _RELAXED:
    raise ImproperlyConfigured("SATUPINTU_PUBLIC_URL must start with https:// outside the demo.")

SECRET_KEY = _secret(
    "SATUPINTU_SECRET_KEY", "demo-secret-key-for-tests-and-development-only-0123456789"
)
HASH_KEY = _secret("SATUPINTU_HASH_KEY", "demo-hash-key")
# A Fernet key can't begin with "demo-", so it is refused by what it is.
_DEMO_ENCRYPTION_KEY = "ZGVtby1lbmNyeXB0aW9uLWtleS1mb3ItdGVzdHMhISE="
ENCRYPTION_KEYS = _secret("SATUPINTU_ENCRYPTION_KEYS", _DEMO_ENCRYPTION_KEY).split(",")
if not _RELAXED and _DEMO_ENCRYPTION_KEY in ENCRYPTION_KEYS:
    raise ImproperlyConfigured("SATUPINTU_ENCRYPTION_KEYS holds the demo's key.")

COUNTRY_NAME = os.environ.get("SATUPINTU_COUNTRY", "Republik Nusa")
ALLOWED_HOSTS = [_public.hostname or ""]
CSRF_TRUSTED_ORIGINS = [PUBLIC_URL]
SNAPSHOT_SECONDS = 0.0 if TESTING else 30.0

# --- Apps -------------------------------------------------------------------------------------

INSTALLED_APPS = [
    "satupintu.home",
    "satupintu.dealings.inbox",
    "satupintu.dealings.questions",
    "satupintu.dealings.protection",
    "satupintu.dealings.linking",
    "satupintu.dealings.exchange",
    "satupintu.trust.signin",
    "satupintu.trust.consent",
    "satupintu.trust.identity",
    "satupintu.trust.staff",
    "satupintu.trust.accounts",
    "satupintu.trust.agencies",
    "satupintu.trust.rulebook",
    "satupintu.design",
    "satupintu.foundation.throttle",
    "satupintu.foundation.audit",
    "satupintu.foundation.outbox",
    "satupintu.config",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "procrastinate.contrib.django",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    # What programs call ends here; what follows is for pages.
    "satupintu.config.machines.Machines",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.middleware.gzip.GZipMiddleware",
    "satupintu.config.headers.SecurityHeaders",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "satupintu.design.language.LanguageMiddleware",
    "satupintu.config.answers.Answers",
    "django.contrib.messages.middleware.MessageMiddleware",
    "satupintu.trust.accounts.ended.SayWhyEnded",
    "allauth.account.middleware.AccountMiddleware",
]

ROOT_URLCONF = "satupintu.config.urls"
WSGI_APPLICATION = "satupintu.config.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.jinja2.Jinja2",
        "APP_DIRS": True,
        "OPTIONS": {
            "environment": "satupintu.design.environment.environment",
            "context_processors": [
                "satupintu.design.shell.shell",
            ],
        },
    },
]
FORM_RENDERER = "django.forms.renderers.Jinja2"

# --- Database ---------------------------------------------------------------------------------


def _database() -> dict[str, object]:
    url = os.environ.get("DATABASE_URL")
    if not url:
        # Commands that need a database start the embedded one first and set DATABASE_URL.
        url = "postgresql://postgres@/satupintu"
    parts = conninfo_to_dict(url)
    options: dict[str, object] = {
        key: value
        for key, value in parts.items()
        if key not in {"dbname", "user", "password", "host", "port"}
    }
    # PostgreSQL parses and plans a statement once for each connection, not once for each page
    # (ADR 0019). A pooler between us and it must know prepared statements (PgBouncer from 1.21).
    options["server_side_binding"] = True
    options["prepare_threshold"] = 5
    if not TESTING:
        options["pool"] = {
            "min_size": 1,
            "max_size": int(os.environ.get("SATUPINTU_DB_POOL", "4")),
            "timeout": 10,
        }
    return {
        "ENGINE": "satupintu.foundation.database",
        "NAME": parts.get("dbname", "satupintu"),
        "USER": parts.get("user", "postgres"),
        "PASSWORD": parts.get("password", ""),
        "HOST": parts.get("host", ""),
        "PORT": parts.get("port", ""),
        # A connection that died with a restarted server is noticed before a page pays for it.
        "CONN_HEALTH_CHECKS": not TESTING,
        "OPTIONS": options,
    }


DATABASES = {"default": _database()}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# An event is looked up by nobody once it was heard; a month is for whoever asks what happened.
OUTBOX_KEPT_DAYS = 30

# The access log's head is signed each hour and lodged with the witness each day (safety rule 20).
# The demo is quicker, so that one sees it happen.
ACCESS_LOG_HEAD_EVERY = timedelta(
    minutes=int(os.environ.get("SATUPINTU_ACCESS_LOG_HEAD_MINUTES", "60"))
)
ACCESS_LOG_LODGE_EVERY = timedelta(
    minutes=int(os.environ.get("SATUPINTU_ACCESS_LOG_LODGE_MINUTES", "1440"))
)
# Empty: heads are signed and lodged nowhere.
WITNESS_URL = os.environ.get("SATUPINTU_WITNESS_URL", "")

# --- Language and time ------------------------------------------------------------------------

LANGUAGE_CODE = "id"
LANGUAGES = [("id", _("Bahasa Indonesia")), ("en", _("English"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = os.environ.get("SATUPINTU_TIME_ZONE", "Asia/Jakarta")

# --- Static files -----------------------------------------------------------------------------

STATIC_URL = "/static/"
STATIC_ROOT = Path(os.environ.get("SATUPINTU_STATIC_ROOT", HOME / "static"))
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": (
            "django.contrib.staticfiles.storage.StaticFilesStorage"
            if TESTING or DEBUG
            else "whitenoise.storage.CompressedManifestStaticFilesStorage"
        )
    },
}
WHITENOISE_USE_FINDERS = TESTING or DEBUG
if TESTING or DEBUG:
    # Finders serve the files; whitenoise still wants the folder to be there.
    STATIC_ROOT.mkdir(parents=True, exist_ok=True)

# --- Mail -------------------------------------------------------------------------------------

_smtp = urlsplit(os.environ.get("SATUPINTU_SMTP_URL", "smtp://127.0.0.1:25"))
EMAIL_HOST = _smtp.hostname or "127.0.0.1"
EMAIL_PORT = _smtp.port or 25
EMAIL_HOST_USER = _smtp.username or ""
EMAIL_HOST_PASSWORD = _smtp.password or ""
EMAIL_USE_TLS = _smtp.scheme == "smtp+starttls"
EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL = os.environ.get("SATUPINTU_MAIL_FROM", "Satu Pintu <surat@satupintu.nusa>")

# --- Accounts (django-allauth) ----------------------------------------------------------------

AUTH_USER_MODEL = "accounts.Account"
AUTHENTICATION_BACKENDS = ["satupintu.trust.accounts.backend.Backend"]
PASSWORD_HASHERS = [
    "satupintu.trust.accounts.hashers.TestArgon2"
    if TESTING
    else "satupintu.trust.accounts.hashers.Argon2"
]
# Authenticators are allauth's models and arithmetic; flows and pages are ours.
MFA_ADAPTER = "satupintu.trust.accounts.allauth_adapter.MFAAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
SESSION_ENGINE = "satupintu.trust.accounts.session_store"
SESSION_COOKIE_NAME = "__Host-satupintu" if HTTPS else "satupintu"
SESSION_COOKIE_SECURE = HTTPS
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
# Staff come in by another door: their cookie says nothing to people's pages, nor theirs to it.
STAFF_SESSION_COOKIE_NAME = "__Host-satupintu_staff" if HTTPS else "satupintu_staff"
CSRF_COOKIE_NAME = "__Host-satupintu_csrf" if HTTPS else "satupintu_csrf"
CSRF_COOKIE_SECURE = HTTPS
CSRF_COOKIE_HTTPONLY = True
CSRF_FAILURE_VIEW = "satupintu.design.views.csrf_failure"
LANGUAGE_COOKIE_NAME = "__Host-satupintu_language" if HTTPS else "satupintu_language"
LANGUAGE_COOKIE_SECURE = HTTPS
MESSAGE_STORAGE = "satupintu.design.notices.NoticeCookie"
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/home/"

# --- An outside identity provider ---------------------------------------------------------------


def _identity_provider() -> dict[str, Any]:
    """Where people prove who they are over OpenID Connect; empty where there is none. `levels`
    says which of its acr values is worth which proofing level: "urn:x:high=2 urn:x:low=1"."""
    issuer = os.environ.get("SATUPINTU_IDENTITY_ISSUER", "").rstrip("/")
    if not issuer:
        return {}
    levels = os.environ.get("SATUPINTU_IDENTITY_LEVELS", "").split()
    return {
        "issuer": issuer,
        "slug": os.environ.get("SATUPINTU_IDENTITY_SLUG", "provider"),
        "name": os.environ.get("SATUPINTU_IDENTITY_NAME", issuer),
        "client_id": os.environ.get("SATUPINTU_IDENTITY_CLIENT_ID", "satupintu"),
        "client_secret": _secret("SATUPINTU_IDENTITY_SECRET", "demo-identity-secret"),
        "levels": {
            name: int(level) for name, _equals, level in (one.rpartition("=") for one in levels)
        },
    }


IDENTITY_PROVIDER = _identity_provider()

# --- Security ---------------------------------------------------------------------------------

SECURE_HSTS_SECONDS = 31536000 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = HTTPS
SECURE_HSTS_PRELOAD = HTTPS
SECURE_SSL_REDIRECT = HTTPS
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if HTTPS else None
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CONTENT_TYPE_NOSNIFF = True
# The policy of headers.py says `frame-ancestors 'none'`, which every browser of today heeds.
SILENCED_SYSTEM_CHECKS = ["security.W002"]
# A letter's PDF (10 MB) and its message; anything larger is refused before it is read.
DATA_UPLOAD_MAX_MEMORY_SIZE = 11 * 1024 * 1024
FILE_UPLOAD_MAX_MEMORY_SIZE = 11 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 200
# Everything but a letter (answers.py): no form of ours asks for more than a page of text.
LARGEST_FORM = 1024 * 1024

# --- Logging: facts with ids, never people ------------------------------------------------------

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {
            "()": "satupintu.foundation.logs.LineFormatter",
            "format": "%(asctime)s %(levelname)s %(name)s %(message)s",
        }
    },
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": os.environ.get("SATUPINTU_LOG", "WARNING")},
}
