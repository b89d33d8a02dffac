# SPDX-License-Identifier: Apache-2.0

import django.db.models.deletion
import satupintu.foundation.ids
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('agencies', '0003_drop_staff_member_from_this_app'),
    ]

    operations = [
        # The table exists: staff belonged to the app below before.
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.CreateModel(
                    name='StaffMember',
                    fields=[
                        ('id', models.UUIDField(default=satupintu.foundation.ids.new_id, editable=False, primary_key=True, serialize=False)),
                        ('email', models.EmailField(max_length=254, unique=True)),
                        ('full_name', models.CharField(max_length=200)),
                        ('role', models.CharField(choices=[('owner', 'Service owner'), ('integrator', 'Integrator'), ('help_desk', 'Help desk'), ('steward', 'Steward'), ('fraud_desk', 'Fraud desk')], max_length=20)),
                        ('joined_at', models.DateTimeField()),
                        ('left_at', models.DateTimeField(blank=True, null=True)),
                        ('agency', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='agencies.agency')),
                    ],
                    options={
                        'db_table': 'agencies_staff_member',
                        'constraints': [models.CheckConstraint(condition=models.Q(('agency__isnull', False), ('role', 'steward'), _connector='OR'), name='staff_belongs_to_an_agency_or_is_a_steward')],
                    },
                ),
            ],
        ),
        migrations.AddField('staffmember', 'confirmed_at', models.DateTimeField(blank=True, null=True)),
        migrations.AddField('staffmember', 'suspended_at', models.DateTimeField(blank=True, null=True)),
        migrations.CreateModel(
            name='StaffInvitation',
            fields=[
                ('id', models.UUIDField(default=satupintu.foundation.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('token_hash', models.CharField(max_length=64, unique=True)),
                ('invited_at', models.DateTimeField()),
                ('expires_at', models.DateTimeField()),
                ('used_at', models.DateTimeField(blank=True, null=True)),
                ('invited_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='staff.staffmember')),
                ('member', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='staff.staffmember')),
            ],
            options={
                'db_table': 'staff_invitation',
            },
        ),
        migrations.CreateModel(
            name='StaffPasskey',
            fields=[
                ('id', models.UUIDField(default=satupintu.foundation.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('credential_id', models.CharField(max_length=1400, unique=True)),
                ('credential', models.TextField()),
                ('name', models.CharField(max_length=80)),
                ('counter', models.BigIntegerField(default=0)),
                ('added_at', models.DateTimeField()),
                ('last_used_at', models.DateTimeField(blank=True, null=True)),
                ('member', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='staff.staffmember')),
            ],
            options={
                'db_table': 'staff_passkey',
            },
        ),
        migrations.CreateModel(
            name='StaffSession',
            fields=[
                ('id', models.UUIDField(default=satupintu.foundation.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('key_hash', models.CharField(max_length=64, unique=True)),
                ('ceremony', models.JSONField(default=dict)),
                ('device', models.CharField(blank=True, max_length=80)),
                ('started_at', models.DateTimeField()),
                ('seen_at', models.DateTimeField()),
                ('member', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='staff.staffmember')),
            ],
            options={
                'db_table': 'staff_session',
            },
        ),
        migrations.AddConstraint(
            model_name='staffinvitation',
            constraint=models.UniqueConstraint(condition=models.Q(('used_at__isnull', True)), fields=('member',), name='staff_one_open_invitation'),
        ),
        migrations.AddIndex(
            model_name='staffsession',
            index=models.Index(fields=['seen_at'], name='staff_session_by_age'),
        ),
    ]
