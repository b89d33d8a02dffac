# SPDX-License-Identifier: Apache-2.0
from django.db import migrations


class Migration(migrations.Migration):
    """Staff have an app of their own (ADR 0023). The table stays as it is, under its name."""

    dependencies = [
        ('agencies', '0002_clients_that_push'),
    ]

    operations = [
        migrations.SeparateDatabaseAndState(
            state_operations=[migrations.DeleteModel(name='StaffMember')],
        ),
    ]
