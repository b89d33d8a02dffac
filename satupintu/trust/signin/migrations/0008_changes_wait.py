# SPDX-License-Identifier: Apache-2.0

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('signin', '0007_refresh_tokens'),
    ]

    operations = [
        migrations.AddField(
            model_name='accesstoken',
            name='changes_wait_until',
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name='authorizationcode',
            name='changes_wait_until',
            field=models.DateTimeField(blank=True, null=True),
        ),
    ]
