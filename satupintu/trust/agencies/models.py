# SPDX-License-Identifier: Apache-2.0
from django.db import models
from django.utils.translation import gettext_lazy as _

from satupintu.foundation.ids import new_id


class Agency(models.Model):
    """A member agency. Names and sentences stand here in both languages because they are the
    agency's own words, not the product's."""

    class Level(models.TextChoices):
        NATIONAL = "national", _("National")
        PROVINCIAL = "provincial", _("Provincial")

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    slug = models.SlugField(max_length=60, unique=True)
    name_id = models.CharField(max_length=120)
    name_en = models.CharField(max_length=120)
    summary_id = models.CharField(max_length=300)
    summary_en = models.CharField(max_length=300)
    level = models.CharField(max_length=20, choices=Level)
    # Agencies of one sector share a person's subject; others can never compare it.
    sector = models.SlugField(max_length=60)
    icon = models.CharField(max_length=40, default="landmark")
    site_url = models.URLField()
    # Where "open the service" leads: the page of its own site that starts the sign-in
    # (OpenID Connect Core 4). Empty: its front page.
    login_url = models.URLField(blank=True)
    api_url = models.URLField()
    # What the agency gets to see once a record is joined: [{"id": "...", "en": "..."}].
    sees = models.JSONField(default=list)
    joined_at = models.DateTimeField()
    suspended_at = models.DateTimeField(null=True, blank=True)
    # Since when it has shown in its conformance report that it serves provisional links safely
    # (safety rule 9). Set by the product's stewards, never by the agency.
    serves_provisional_since = models.DateTimeField(null=True, blank=True)

    class Meta:
        db_table = "agencies_agency"
        constraints = [
            models.CheckConstraint(
                name="agency_level_is_known",
                condition=models.Q(level__in=["national", "provincial"]),
            ),
        ]

    def __str__(self) -> str:
        return self.slug


class Client(models.Model):
    """A program of an agency that may speak to the portal (RFC 7591's client metadata)."""

    class AuthMethod(models.TextChoices):
        PRIVATE_KEY_JWT = "private_key_jwt", "private_key_jwt"
        CLIENT_SECRET_BASIC = "client_secret_basic", "client_secret_basic"

    class Profile(models.TextChoices):
        FAPI2 = "fapi2", "fapi2"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    client_id = models.CharField(max_length=80, unique=True)
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=120)
    auth_method = models.CharField(max_length=30, choices=AuthMethod)
    # SHA-256 of 256 random bits (safety rule 5); empty where keys are used.
    secret_hash = models.CharField(max_length=64, blank=True)
    jwks = models.JSONField(null=True, blank=True)
    # Thumbprints (RFC 7638) of keys that prove nothing any more, under whatever name they return.
    suspended_keys = models.JSONField(null=True, blank=True)
    redirect_uris = models.JSONField(default=list)
    post_logout_redirect_uris = models.JSONField(default=list)
    # Where the portal tells that a person signed out (OpenID Connect Back-Channel Logout 1.0, 2.2).
    backchannel_logout_uri = models.URLField(blank=True, db_default="")
    backchannel_logout_session_required = models.BooleanField(default=False, db_default=False)
    grant_types = models.JSONField(default=list)
    scopes = models.JSONField(default=list)
    id_token_alg = models.CharField(max_length=10, default="ES256")
    # Its requests come by the pushed way only (RFC 9126, section 6).
    requires_pushed_requests = models.BooleanField(default=False, db_default=False)
    # It gets tokens only with a key that each call must show (RFC 9449, section 5.2).
    dpop_bound_access_tokens = models.BooleanField(default=False, db_default=False)
    # "fapi2": held to the FAPI 2.0 Security Profile, whatever the fields above say.
    profile = models.CharField(max_length=20, choices=Profile, blank=True, db_default="")
    registered_at = models.DateTimeField()
    suspended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        db_table = "agencies_client"
        constraints = [
            # A client that could prove itself in no way, or in two, would be nobody's.
            models.CheckConstraint(
                name="client_has_one_way_to_prove_itself",
                condition=(
                    models.Q(auth_method="private_key_jwt", secret_hash="", jwks__isnull=False)
                    | (
                        models.Q(auth_method="client_secret_basic", jwks__isnull=True)
                        & ~models.Q(secret_hash="")
                    )
                ),
            ),
        ]

    def __str__(self) -> str:
        return self.client_id
