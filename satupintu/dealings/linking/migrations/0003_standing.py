# SPDX-License-Identifier: Apache-2.0

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("linking", "0002_notices_and_pause"),
    ]

    operations = [
        migrations.AddField(
            model_name="link",
            name="held_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="link",
            name="identity_level",
            field=models.PositiveSmallIntegerField(db_default=0, default=0),
        ),
        migrations.AddField(
            model_name="link",
            name="provisional_until",
            field=models.DateTimeField(blank=True, null=True),
        ),
    ]
