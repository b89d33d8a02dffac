# SPDX-License-Identifier: Apache-2.0
"""Every page of the account, in both languages, in our templates and only ours."""

import re
from pathlib import Path

import pytest
from django.template import TemplateDoesNotExist, engines
from django.template.loader import get_template
from django.urls import get_resolver, reverse
from django.utils import timezone

from satupintu.trust.accounts import actions
from satupintu.trust.accounts.models import Account

from .authenticators import SoftwarePasskey
from .factories import PASSWORD, AccountFactory, sign_in
from .test_sign_in import SECRET
from .test_sign_up import reach_second_factor
from .test_use_passkey import add

pytestmark = pytest.mark.django_db

HERE = Path(__file__).parents[1]
OPEN = [
    "account_login",
    "account_signup",
    "account_reset_password",
    "accounts:locked_out",
    "accounts:signed_out",
    "accounts:not_me",
]
OWN = [
    "accounts:security",
    "accounts:sessions",
    "accounts:activity",
    "accounts:change_password",
    "accounts:change_email",
    "accounts:change_name",
    "accounts:new_codes",
    "accounts:add_passkey",
    "accounts:remove_app",
    "accounts:remove_password",
    "accounts:not_me",
    "account_logout",
]


@pytest.fixture
def sari(client):
    actions.create_demo_account(
        email="sari@surat.nusa",
        full_name="Sari Wulandari",
        password=PASSWORD,
        totp_secret=SECRET,
        language="id",
        at=timezone.now(),
    )
    account = Account.objects.get(email="sari@surat.nusa")
    sign_in(client, account)
    add(client, SoftwarePasskey())
    return account


def check(page):
    text = page.content.decode()
    assert page.status_code == 200
    assert re.search(r"<title>[^<]+ – Satu Pintu</title>", text)  # noqa: RUF001
    assert text.count("<h1") == 1
    assert "<script>" not in text
    assert " style=" not in text
    assert " onclick=" not in text
    return text


@pytest.mark.parametrize("language", ["id", "en"])
@pytest.mark.parametrize("name", OPEN)
def test_open_pages(client, name, language):
    text = check(client.get(reverse(name), headers={"accept-language": language}))

    assert f'<html lang="{language}">' in text


@pytest.mark.parametrize("language", ["id", "en"])
@pytest.mark.parametrize("name", OWN)
def test_own_pages(client, sari, name, language):
    Account.objects.update(language=language)

    text = check(client.get(reverse(name)))

    assert f'<html lang="{language}">' in text


def test_every_page_behind_a_sign_in_is_stored_nowhere(client, sari):
    for name in set(OWN) - {"accounts:not_me", "account_logout"}:
        assert "no-store" in client.get(reverse(name)).headers["Cache-Control"]


def test_what_waits_in_a_sign_up_is_stored_nowhere_either(client):
    page = reach_second_factor(client)

    assert "no-store" in page.headers["Cache-Control"]


def test_somebody_elses_browser_is_sent_to_sign_in(client):
    for name in set(OWN) - {"accounts:not_me", "account_logout"}:
        url = reverse(name)
        assert client.get(url).url == f"{reverse('account_login')}?next={url.replace('/', '%2F')}"


def test_a_half_guarded_account_is_shown_the_way_on(client):
    sign_in(client, AccountFactory(with_password=True), level=1)

    hub = check(client.get(reverse("accounts:security")))
    wanted = check(client.get(reverse("accounts:second_factor_wanted") + "?next=/services/"))

    assert reverse("accounts:second_factor_wanted") in hub
    assert reverse("accounts:add_app") + "?next=/services/" in wanted


def test_only_our_own_templates_can_ever_be_rendered():
    assert [engine.name for engine in engines.all()] == ["jinja2"]
    for name in ("account/login.html", "mfa/index.html", "account/email/base_message.txt"):
        with pytest.raises(TemplateDoesNotExist):
            get_template(name)


def test_no_route_leads_to_a_view_of_allauth():
    def walk(patterns):
        for pattern in patterns:
            if hasattr(pattern, "url_patterns"):
                yield from walk(pattern.url_patterns)
            else:
                yield pattern.callback.__module__

    assert not [module for module in walk(get_resolver().url_patterns) if "allauth" in module]


def test_every_template_is_used():
    used = "".join(path.read_text("utf-8") for path in HERE.glob("views/*.py"))
    used += "".join(path.read_text("utf-8") for path in HERE.glob("jinja2/accounts/*.html"))

    for path in (HERE / "jinja2" / "accounts").glob("*.html"):
        assert f'"accounts/{path.name}"' in used, path.name
