# SPDX-License-Identifier: Apache-2.0

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("agencies", "0006_tell_clients_of_sign_out"),
    ]

    operations = [
        migrations.AddField(
            model_name="agency",
            name="serves_provisional_since",
            field=models.DateTimeField(blank=True, null=True),
        ),
    ]
