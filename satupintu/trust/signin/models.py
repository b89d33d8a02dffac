# SPDX-License-Identifier: Apache-2.0
"""What the provider keeps. Secrets are here only as SHA-256 of 256 random bits (safety rule 5).

Codes, tokens and assertions live for minutes and are found by their hash alone, so they are keyed
by it. They carry the person's subject with them: nothing is looked up twice on the hot path.
"""

from django.db import models

from satupintu.foundation.ids import new_id


class Subject(models.Model):
    """The name by which the agencies of one sector know one person; random, never derived."""

    pk = models.CompositePrimaryKey("account_id", "id")
    account_id = models.UUIDField()
    id = models.UUIDField(default=new_id, editable=False)
    sector = models.SlugField(max_length=60)
    subject = models.CharField(max_length=64)
    created_at = models.DateTimeField()

    class Meta:
        db_table = "signin_subject"
        constraints = [
            # A second name in one sector would make one person two to an agency.
            models.UniqueConstraint(
                name="subject_one_per_person_and_sector", fields=["account_id", "sector"]
            ),
            # One name for two persons would hand one person's record to the other.
            models.UniqueConstraint(name="subject_names_one_person", fields=["sector", "subject"]),
        ]

    def __str__(self) -> str:
        return f"{self.sector} {self.id}"


class SigningKey(models.Model):
    """A key that signs for the portal; which one when, says keychain.py."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    kid = models.CharField(max_length=64, unique=True)
    algorithm = models.CharField(max_length=10)
    private_jwk = models.TextField()  # encrypted JSON, see foundation.crypto
    created_at = models.DateTimeField()
    signs_from = models.DateTimeField()
    # The kid that it follows; the algorithm itself for the first. Unique, so that two workers that
    # rotate at once end up with one new key. Empty only in rows of the release before.
    predecessor = models.CharField(max_length=64, unique=True, null=True)  # noqa: DJ001
    suspended_at = models.DateTimeField(null=True, blank=True)
    suspended_for = models.CharField(max_length=500, blank=True, db_default="")
    # Not used any more; to be dropped a release later.
    retired_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        db_table = "signin_signing_key"
        constraints = [
            models.CheckConstraint(
                name="signing_key_algorithm_is_known",
                condition=models.Q(algorithm__in=["ES256", "RS256"]),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.algorithm} {self.kid}"


class AuthorizationCode(models.Model):
    """One answer to one authorization request, exchanged once."""

    code_hash = models.CharField(primary_key=True, max_length=64)
    # What a code gave carries this id, so that a replay can take it back.
    grant_id = models.UUIDField(default=new_id, editable=False)
    client_id = models.CharField(max_length=80)
    account_id = models.UUIDField()
    # The browser session that was asked; when it ends, the code ends.
    session_id = models.UUIDField(null=True)
    subject = models.CharField(max_length=64)
    redirect_uri = models.TextField()
    scope = models.CharField(max_length=300)
    nonce = models.CharField(max_length=512, blank=True)
    code_challenge = models.CharField(max_length=128)
    # What `claims` asked for by name, on top of the scope; names separated by spaces.
    userinfo_attributes = models.CharField(max_length=200, blank=True, db_default="")
    id_token_attributes = models.CharField(max_length=200, blank=True, db_default="")
    # The key that the exchange must show (RFC 9449, section 10): its thumbprint; "" for none.
    dpop_jkt = models.CharField(max_length=43, blank=True, db_default="")
    # Her link at this agency is provisional until then: bank details and address must wait.
    changes_wait_until = models.DateTimeField(null=True, blank=True)
    acr = models.CharField(max_length=60)
    amr = models.CharField(max_length=120)
    authenticated_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    uses = models.PositiveSmallIntegerField(default=0)

    class Meta:
        db_table = "signin_code"
        indexes = [
            models.Index(fields=["expires_at"], name="code_expiry"),
            models.Index(fields=["account_id"], name="code_by_person"),
        ]

    def __str__(self) -> str:
        return str(self.grant_id)


class AccessToken(models.Model):
    """An opaque bearer token: of a person's sign-in (userinfo), or of a client (agency API)."""

    token_hash = models.CharField(primary_key=True, max_length=64)
    client_id = models.CharField(max_length=80)
    account_id = models.UUIDField(null=True, blank=True)
    grant_id = models.UUIDField(null=True, blank=True)
    # When this session ends, the token ends.
    session_id = models.UUIDField(null=True, blank=True)
    subject = models.CharField(max_length=64, blank=True)
    scope = models.CharField(max_length=300)
    # What `claims` asked for by name, on top of the scope; names separated by spaces.
    attributes = models.CharField(max_length=200, blank=True, db_default="")
    # The key without which the token opens nothing (RFC 9449, section 6): its thumbprint.
    dpop_jkt = models.CharField(max_length=43, blank=True, db_default="")
    # Her link at this agency is provisional until then: bank details and address must wait.
    changes_wait_until = models.DateTimeField(null=True, blank=True)
    issued_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        db_table = "signin_access_token"
        indexes = [
            models.Index(fields=["expires_at"], name="token_expiry"),
            models.Index(
                fields=["account_id", "grant_id"],
                name="token_by_person",
                condition=models.Q(account_id__isnull=False),
            ),
        ]
        constraints = [
            # A token of a person that no code answers for could never be taken back.
            models.CheckConstraint(
                name="token_is_of_a_person_or_of_a_client",
                condition=models.Q(account_id__isnull=True, grant_id__isnull=True, subject="")
                | (
                    models.Q(account_id__isnull=False, grant_id__isnull=False)
                    & ~models.Q(subject="")
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.client_id} {self.scope}"


class RefreshFamily(models.Model):
    """All refresh tokens that follow from one sign-in, of which one at a time is good.

    A row for each sign-in and not for each token: a token names its family with one half, so that
    one that was used before is known as such for as long as the family lives, however many there
    were.
    """

    family_hash = models.CharField(primary_key=True, max_length=64)
    # Of the one token that is good now.
    token_hash = models.CharField(max_length=64)
    # What the sign-in gave carries the same id, so that all of it ends together.
    grant_id = models.UUIDField(editable=False)
    client_id = models.CharField(max_length=80)
    account_id = models.UUIDField()
    # When this session ends, the family ends; unless it was given for her absence too.
    session_id = models.UUIDField()
    is_offline = models.BooleanField(default=False)
    # The first token was given to a key: without one (RFC 9449) none follows.
    is_bound = models.BooleanField(default=False)
    subject = models.CharField(max_length=64)
    scope = models.CharField(max_length=300)
    # What `claims` asked of userinfo by name, on top of the scope; names separated by spaces.
    attributes = models.CharField(max_length=200, blank=True, default="")
    # How and when she signed in. No refresh is a sign-in: these stay.
    acr = models.CharField(max_length=60)
    amr = models.CharField(max_length=120)
    authenticated_at = models.DateTimeField()
    issued_at = models.DateTimeField()
    # It goes no further than this, however often it is used.
    ends_at = models.DateTimeField()
    # And it ends before that when it is not used.
    expires_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        db_table = "signin_refresh_family"
        indexes = [
            models.Index(fields=["expires_at"], name="refresh_family_expiry"),
            models.Index(fields=["account_id", "grant_id"], name="refresh_family_by_person"),
        ]
        constraints = [
            # No use of a token makes its family live longer than the person was told.
            models.CheckConstraint(
                name="refresh_family_expires_by_its_end",
                condition=models.Q(expires_at__lte=models.F("ends_at")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.client_id} {self.grant_id}"


class Visit(models.Model):
    """Where a person is signed in: one of her sessions at one client.

    It begins when a code is exchanged, so that the client truly knows her. It outlives its session
    until the client has heard of the end.
    """

    pk = models.CompositePrimaryKey("account_id", "id")
    account_id = models.UUIDField()
    id = models.UUIDField(default=new_id, editable=False)
    session_id = models.UUIDField()
    client_id = models.CharField(max_length=80)
    subject = models.CharField(max_length=64)
    signed_in_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    # When the client answered that it has ended its own session; stays empty where none listens.
    acknowledged_at = models.DateTimeField(null=True, blank=True)
    expires_at = models.DateTimeField()

    class Meta:
        db_table = "signin_visit"
        indexes = [models.Index(fields=["expires_at"], name="visit_expiry")]
        constraints = [
            # A client has one `sid` for a session, however often she comes by.
            models.UniqueConstraint(
                name="visit_one_per_session_and_client",
                fields=["account_id", "session_id", "client_id"],
            ),
            # Nobody acknowledges an end that was not.
            models.CheckConstraint(
                name="visit_acknowledged_after_its_end",
                condition=models.Q(acknowledged_at__isnull=True) | models.Q(ended_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.client_id} {self.id}"


class UsedAssertion(models.Model):
    """A client assertion, or a DPoP proof (by "dpop:" and the key's thumbprint), that was
    presented once, kept until it expires by itself."""

    # The key, not a SELECT before the INSERT, refuses a replay: two requests can race.
    pk = models.CompositePrimaryKey("client_id", "jti_hash")
    client_id = models.CharField(max_length=80)
    jti_hash = models.CharField(max_length=64)
    expires_at = models.DateTimeField()

    class Meta:
        db_table = "signin_used_assertion"
        indexes = [models.Index(fields=["expires_at"], name="assertion_expiry")]

    def __str__(self) -> str:
        return self.client_id


class PushedRequest(models.Model):
    """An authorization request that a client pushed (RFC 9126), kept for one person to answer.

    It is opened once: by the browser that comes with its address first. While that person signs
    in it stays open for her; then it is answered once.
    """

    request_hash = models.CharField(primary_key=True, max_length=64)
    client_id = models.CharField(max_length=80)
    params = models.JSONField()
    expires_at = models.DateTimeField()
    opened_at = models.DateTimeField(null=True, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        db_table = "signin_pushed_request"
        indexes = [models.Index(fields=["expires_at"], name="pushed_request_expiry")]
        constraints = [
            # One that is answered unopened would have been answered to nobody.
            models.CheckConstraint(
                name="pushed_request_is_opened_before_it_is_answered",
                condition=models.Q(answered_at__isnull=True) | models.Q(opened_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.client_id
