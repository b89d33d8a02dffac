# SPDX-License-Identifier: Apache-2.0
from django.contrib.postgres.operations import AddIndexConcurrently, RemoveIndexConcurrently
from django.db import migrations, models

import satupintu.foundation.ids


class Migration(migrations.Migration):
    # The token table is large and hot: its indexes are built beside it, without a lock.
    atomic = False

    dependencies = [("signin", "0002_asked_by_claims")]

    operations = [
        migrations.CreateModel(
            name="Visit",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "account_id", "id", blank=True, editable=False, primary_key=True,
                        serialize=False,
                    ),
                ),
                ("account_id", models.UUIDField()),
                ("id", models.UUIDField(default=satupintu.foundation.ids.new_id, editable=False)),
                ("session_id", models.UUIDField()),
                ("client_id", models.CharField(max_length=80)),
                ("subject", models.CharField(max_length=64)),
                ("signed_in_at", models.DateTimeField()),
                ("ended_at", models.DateTimeField(blank=True, null=True)),
                ("acknowledged_at", models.DateTimeField(blank=True, null=True)),
                ("expires_at", models.DateTimeField()),
            ],
            options={
                "db_table": "signin_visit",
                "indexes": [models.Index(fields=["expires_at"], name="visit_expiry")],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("account_id", "session_id", "client_id"),
                        name="visit_one_per_session_and_client",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("acknowledged_at__isnull", True),
                            ("ended_at__isnull", False),
                            _connector="OR",
                        ),
                        name="visit_acknowledged_after_its_end",
                    ),
                ],
            },
        ),
        migrations.AddField("authorizationcode", "session_id", models.UUIDField(null=True)),
        migrations.AddField(
            "accesstoken", "session_id", models.UUIDField(blank=True, null=True)
        ),
        AddIndexConcurrently(
            "authorizationcode", models.Index(fields=["account_id"], name="code_by_person")
        ),
        AddIndexConcurrently(
            "accesstoken",
            models.Index(
                fields=["account_id", "grant_id"],
                name="token_by_person",
                condition=models.Q(("account_id__isnull", False)),
            ),
        ),
        RemoveIndexConcurrently("accesstoken", "token_by_grant"),
    ]
