# SPDX-License-Identifier: Apache-2.0
from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    # Indexes on a table in use are built beside its writers.
    atomic = False

    dependencies = [
        ("audit", "0002_merkle_tree"),
    ]

    operations = [
        AddIndexConcurrently(
            model_name='accessrecord',
            index=models.Index(condition=models.Q(('leaf_index', None)), fields=['id'], name='audit_access_waiting'),
        ),
        AddIndexConcurrently(
            model_name='accessrecord',
            index=models.Index(condition=models.Q(('sealed_until__isnull', False)), fields=['at'], name='audit_access_sealed'),
        ),
    ]
