# SPDX-License-Identifier: Apache-2.0
from django.db import migrations, models


def chain_keys(apps, _schema_editor):
    """Keys signed from their making on, each after the one before it."""
    signing_key = apps.get_model("signin", "SigningKey")
    tails = {}
    for row in signing_key.objects.order_by("created_at", "id"):
        row.signs_from = row.created_at
        row.predecessor = tails.get(row.algorithm, row.algorithm)
        row.save(update_fields=["signs_from", "predecessor"])
        tails[row.algorithm] = row.kid


class Migration(migrations.Migration):
    dependencies = [("signin", "0005_bound_to_a_key")]

    operations = [
        # The next key stands beside the one that signs. The release before this one knows of one
        # only, and makes none while there is any.
        migrations.RemoveConstraint("signingkey", "signing_key_one_in_use_per_algorithm"),
        migrations.AddField("signingkey", "signs_from", models.DateTimeField(null=True)),
        migrations.AddField(
            "signingkey", "predecessor", models.CharField(max_length=64, null=True, unique=True)
        ),
        migrations.AddField(
            "signingkey", "suspended_at", models.DateTimeField(blank=True, null=True)
        ),
        migrations.AddField(
            "signingkey",
            "suspended_for",
            models.CharField(blank=True, db_default="", max_length=500),
        ),
        migrations.RunPython(chain_keys, migrations.RunPython.noop),
        migrations.AlterField("signingkey", "signs_from", models.DateTimeField()),
    ]
