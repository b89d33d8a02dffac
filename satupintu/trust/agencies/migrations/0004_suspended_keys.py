# SPDX-License-Identifier: Apache-2.0

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('agencies', '0003_drop_staff_member_from_this_app'),
    ]

    operations = [
        migrations.AddField(
            model_name='client',
            name='suspended_keys',
            field=models.JSONField(blank=True, null=True),
        ),
    ]
