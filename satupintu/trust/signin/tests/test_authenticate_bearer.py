# SPDX-License-Identifier: Apache-2.0
from datetime import timedelta

import pytest
from django.utils import timezone

from satupintu.foundation import crypto
from satupintu.foundation.ids import new_id
from satupintu.trust.agencies import actions as agencies
from satupintu.trust.agencies.tests.factories import ClientFactory
from satupintu.trust.signin import queries
from satupintu.trust.signin.models import AccessToken
from satupintu.trust.signin.queries.bearer import authenticate_person_token

NOW = timezone.now()
pytestmark = pytest.mark.django_db


def give_token(client, **fields) -> str:
    token = crypto.new_secret()
    values = {
        "scope": "messages:send",
        "issued_at": NOW,
        "expires_at": NOW + timedelta(minutes=10),
    }
    AccessToken.objects.create(
        token_hash=crypto.hash_secret(token), client_id=client.client_id, **(values | fields)
    )
    return token


def test_a_clients_token_names_its_agency_and_sector():
    client = ClientFactory()
    token = give_token(client)

    bearer = queries.authenticate_bearer(token=token, scope="messages:send", at=NOW)

    assert bearer == queries.BearerClient(
        client_id=client.client_id,
        agency_slug=client.agency.slug,
        sector=client.agency.sector,
    )


@pytest.mark.parametrize(
    "fields",
    [{"expires_at": NOW}, {"revoked_at": NOW}],
    ids=["expired", "revoked"],
)
def test_a_token_that_is_over_opens_nothing(fields):
    token = give_token(ClientFactory(), **fields)

    with pytest.raises(queries.InvalidToken):
        queries.authenticate_bearer(token=token, scope="messages:send", at=NOW)


def test_an_unknown_token_opens_nothing():
    with pytest.raises(queries.InvalidToken):
        queries.authenticate_bearer(token="no-such-token", scope="messages:send", at=NOW)


def test_a_token_without_the_scope_is_refused_as_such():
    token = give_token(ClientFactory(), scope="other:thing")

    with pytest.raises(queries.InsufficientScope):
        queries.authenticate_bearer(token=token, scope="messages:send", at=NOW)


def test_a_persons_token_never_opens_the_agency_api():
    token = give_token(
        ClientFactory(),
        scope="openid messages:send",
        account_id=new_id(),
        grant_id=new_id(),
        subject="s",
    )

    with pytest.raises(queries.InsufficientScope):
        queries.authenticate_bearer(token=token, scope="messages:send", at=NOW)


def test_a_clients_own_token_opens_nobodys_userinfo():
    token = give_token(ClientFactory(), scope="openid")

    with pytest.raises(queries.InsufficientScope):
        authenticate_person_token(token=token, at=NOW)


def test_safety_24_a_suspended_clients_tokens_end_with_it():
    client = ClientFactory()
    token = give_token(client)

    agencies.suspend_client(client_id=client.client_id, at=NOW)

    with pytest.raises(queries.InvalidToken):
        queries.authenticate_bearer(token=token, scope="messages:send", at=NOW)
