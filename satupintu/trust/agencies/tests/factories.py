# SPDX-License-Identifier: Apache-2.0
import factory
from django.utils import timezone

from satupintu.trust.agencies.models import Agency, Client


class AgencyFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Agency

    slug = factory.Sequence(lambda n: f"agency-{n}")
    name_id = factory.Sequence(lambda n: f"Kantor Contoh {n}")
    name_en = factory.Sequence(lambda n: f"Example Office {n}")
    summary_id = "Kantor rekaan untuk pengujian."
    summary_en = "A made-up office for tests."
    level = "national"
    sector = factory.SelfAttribute("slug")
    site_url = "http://127.0.0.1:9/"
    api_url = "http://127.0.0.1:9/api"
    sees = [{"id": "Bahwa ini benar Anda", "en": "That this is really you"}]
    joined_at = factory.LazyFunction(timezone.now)


class ClientFactory(factory.django.DjangoModelFactory):
    """A client with a secret; pass auth_method, secret_hash="" and jwks for one with keys."""

    class Meta:
        model = Client

    client_id = factory.Sequence(lambda n: f"client-{n}")
    agency = factory.SubFactory(AgencyFactory)
    name = "Situs contoh"
    auth_method = "client_secret_basic"
    secret_hash = "0" * 64
    redirect_uris = ["http://127.0.0.1:9/callback"]
    grant_types = ["authorization_code"]
    scopes = ["openid"]
    registered_at = factory.LazyFunction(timezone.now)
