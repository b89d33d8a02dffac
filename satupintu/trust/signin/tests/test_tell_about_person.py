# SPDX-License-Identifier: Apache-2.0
import pytest
from django.conf import settings
from django.urls import reverse
from django.utils import timezone

from satupintu.foundation.audit import queries as audit
from satupintu.trust.accounts.models import Account
from satupintu.trust.consent.actions import withdraw_consent
from satupintu.trust.consent.models import Consent
from satupintu.trust.signin import actions
from satupintu.trust.signin.models import AccessToken

from .parties import make_party, read_answer, read_id_token

pytestmark = pytest.mark.django_db


def sign_in_for(person, party, *scopes):
    person.agree(party, *scopes)
    code = read_answer(party.ask(person.browser, scope=" ".join(scopes)))["code"]
    return party.exchange(person.browser, code)


def ask(client, token, method="get"):
    return getattr(client, method)("/openid/userinfo", headers={"Authorization": f"Bearer {token}"})


@pytest.mark.parametrize("method", ["get", "post"])
def test_the_agency_is_told_what_the_person_agreed_to(person, party, client, method):
    answer = sign_in_for(person, party, "openid", "profile", "email")

    response = ask(client, answer.json()["access_token"], method)

    assert response.json() == {
        "sub": read_id_token(client, answer)["sub"],
        "name": person.account.full_name,
        "email": person.account.email,
    }
    assert response.headers["Cache-Control"] == "no-store"


def test_the_agency_is_told_no_more_than_it_asked_for(person, party, client):
    answer = sign_in_for(person, party, "openid")

    assert set(ask(client, answer.json()["access_token"]).json()) == {"sub"}


def test_two_agencies_of_two_sectors_know_one_person_by_two_names(person, client):
    subjects = {
        ask(client, sign_in_for(person, make_party(), "openid").json()["access_token"]).json()[
            "sub"
        ]
        for _ in range(2)
    }

    assert len(subjects) == 2


def test_each_time_is_in_the_persons_access_log(person, party, client):
    token = sign_in_for(person, party, "openid", "email").json()["access_token"]
    before = len(audit.list_accesses(account_id=person.account.pk))

    ask(client, token)

    lines = audit.list_accesses(account_id=person.account.pk)
    assert len(lines) == before + 1
    assert lines[0].what == "email, identity_confirmed"


@pytest.mark.parametrize(
    ("scopes", "language", "words"),
    [
        (
            ["openid", "profile", "email"],
            "id",
            "menerima nama lengkap dan alamat e-mail Anda, dan kepastian bahwa ini Anda, saat ",
        ),
        (
            ["openid", "profile", "email"],
            "en",
            "was told your full name and e-mail address, and that it is you, when you signed in",
        ),
        (
            ["openid", "email"],
            "id",
            "menerima alamat e-mail Anda, dan kepastian bahwa ini Anda, saat Anda masuk di sana",
        ),
        (["openid"], "id", "menerima kepastian bahwa ini Anda, saat Anda masuk di sana"),
        (["openid"], "en", "was told that it is you, when you signed in there"),
    ],
)
def test_the_person_reads_on_a_page_everything_that_the_agency_was_told(
    person, party, client, scopes, language, words
):
    ask(client, sign_in_for(person, party, *scopes).json()["access_token"])
    Account.objects.update(language=language)
    person.browser.cookies[settings.LANGUAGE_COOKIE_NAME] = language

    page = person.browser.get(reverse("home:access_log"))

    assert words in page.content.decode()


def test_a_name_that_was_not_given_yet_is_not_logged_as_told(make_person, party, client):
    person = make_person(full_name="")

    ask(client, sign_in_for(person, party, "openid", "profile").json()["access_token"])

    newest = audit.list_accesses(account_id=person.account.pk)[0]
    assert newest.what == "identity_confirmed"
    assert "full name" not in newest.words_en


@pytest.mark.parametrize(
    "headers",
    [{}, {"Authorization": "Bearer"}, {"Authorization": "Bearer x"}, {"Authorization": "Basic x"}],
    ids=str,
)
def test_without_a_good_token_nobody_is_told_anything(client, db, headers):
    response = client.get("/openid/userinfo", headers=headers)

    assert response.status_code == 401
    assert response.headers["WWW-Authenticate"] == 'Bearer error="invalid_token"'


def test_a_revoked_token_tells_nothing(person, party, client):
    token = sign_in_for(person, party, "openid").json()["access_token"]
    AccessToken.objects.update(revoked_at=timezone.now())

    assert ask(client, token).status_code == 401


def test_a_token_of_an_account_that_is_closed_tells_nothing(person, party, client):
    token = sign_in_for(person, party, "openid", "email").json()["access_token"]
    Account.objects.update(is_active=False)

    assert ask(client, token).status_code == 401


def test_a_token_tells_nothing_once_the_person_has_taken_her_consent_back(person, party, client):
    token = sign_in_for(person, party, "openid", "profile", "email").json()["access_token"]
    before = len(audit.list_accesses(account_id=person.account.pk))

    withdraw_consent(
        account_id=person.account.pk, agency_slug=party.client.agency.slug, at=timezone.now()
    )

    assert ask(client, token).status_code == 401
    assert len(audit.list_accesses(account_id=person.account.pk)) == before


def test_an_attribute_that_is_no_longer_agreed_to_is_left_out_and_not_logged(person, party, client):
    token = sign_in_for(person, party, "openid", "profile", "email").json()["access_token"]
    Consent.objects.filter(attribute="email").update(withdrawn_at=timezone.now())

    told = ask(client, token).json()

    assert set(told) == {"sub", "name"}
    assert audit.list_accesses(account_id=person.account.pk)[0].what == (
        "full_name, identity_confirmed"
    )


def test_what_was_taken_back_stays_so_when_the_person_agrees_again(person, party, client):
    other = make_party()
    token = sign_in_for(person, party, "openid").json()["access_token"]
    others_token = sign_in_for(person, other, "openid").json()["access_token"]
    code = read_answer(party.ask(person.browser))["code"]

    actions.revoke_sign_ins(
        account_id=person.account.pk, agency_slug=party.client.agency.slug, at=timezone.now()
    )

    assert ask(client, token).status_code == 401
    assert party.exchange(client, code).json()["error"] == "invalid_grant"
    assert ask(client, others_token).status_code == 200


def test_a_clients_own_token_tells_about_nobody(party, client):
    form = {"grant_type": "client_credentials", "scope": "messages:send"}
    token = party.post_token(client, form).json()["access_token"]

    assert ask(client, token).status_code == 403
