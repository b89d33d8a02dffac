# SPDX-License-Identifier: Apache-2.0
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("accounts", "0004_ended_sessions")]

    operations = [
        migrations.AddField(
            model_name="account",
            name="frozen_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AlterField(
            model_name='activity',
            name='kind',
            field=models.CharField(choices=[('account_made', 'You made your account'), ('signed_in', 'You signed in'), ('confirmed', 'Confirmed again that it was you'), ('sign_in_failed', 'A sign-in failed'), ('signed_out', 'You signed out'), ('session_ended', 'Ended a sign-in'), ('others_ended', 'Ended all other sign-ins'), ('password_changed', 'Changed the password'), ('password_reset', 'Chose a new password after forgetting it'), ('password_removed', 'Removed the password'), ('passkey_added', 'Added a passkey'), ('passkey_removed', 'Removed a passkey'), ('app_added', 'You set up an authenticator app'), ('app_removed', 'Removed the authenticator app'), ('codes_made', 'Made new recovery codes'), ('code_used', 'Used a recovery code'), ('email_changed', 'Changed the e-mail address'), ('name_changed', 'Changed the name'), ('record_linked', 'Linked a record of an agency'), ('record_unlinked', 'Unlinked a record of an agency'), ('frozen', 'The account was frozen'), ('guards_dropped', 'Everything that opened the account was dropped'), ('thawed', 'You have the account back'), ('paused', 'The account was paused with a code from a letter or an e-mail')], max_length=30),
        ),
    ]
