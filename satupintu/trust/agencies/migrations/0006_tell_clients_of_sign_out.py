# SPDX-License-Identifier: Apache-2.0
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("agencies", "0005_clients_with_a_profile")]

    operations = [
        migrations.AddField(
            "client", "backchannel_logout_uri", models.URLField(blank=True, db_default="")
        ),
        migrations.AddField(
            "client",
            "backchannel_logout_session_required",
            models.BooleanField(db_default=False, default=False),
        ),
    ]
