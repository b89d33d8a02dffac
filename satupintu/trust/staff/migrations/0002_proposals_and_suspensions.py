# SPDX-License-Identifier: Apache-2.0

import django.db.models.deletion
import satupintu.foundation.ids
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('staff', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='Proposal',
            fields=[
                ('id', models.UUIDField(default=satupintu.foundation.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('act', models.CharField(max_length=60)),
                ('about', models.CharField(max_length=200)),
                ('reason', models.CharField(max_length=500)),
                ('agency_slug', models.CharField(blank=True, max_length=60)),
                ('proposed_at', models.DateTimeField()),
                ('expires_at', models.DateTimeField()),
                ('decided_at', models.DateTimeField(blank=True, null=True)),
                ('outcome', models.CharField(blank=True, choices=[('approved', 'Approved'), ('refused', 'Refused'), ('withdrawn', 'Withdrawn'), ('expired', 'Expired')], max_length=10)),
                ('decided_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='staff.staffmember')),
                ('proposed_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='staff.staffmember')),
            ],
            options={
                'db_table': 'staff_proposal',
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('outcome', 'approved'), _negated=True), models.Q(('decided_by__isnull', False), models.Q(('decided_by', models.F('proposed_by')), _negated=True)), _connector='OR'), name='proposal_is_approved_by_another'), models.UniqueConstraint(condition=models.Q(('outcome', '')), fields=('act', 'about'), name='proposal_one_open_per_act')],
            },
        ),
        migrations.CreateModel(
            name='Suspension',
            fields=[
                ('id', models.UUIDField(default=satupintu.foundation.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('kind', models.CharField(choices=[('agency', 'Agency'), ('client', 'Client'), ('key', 'Key'), ('person', 'Person'), ('staff', 'Staff')], max_length=10)),
                ('target', models.CharField(max_length=200)),
                ('reason', models.CharField(max_length=500)),
                ('agency_slug', models.CharField(blank=True, max_length=60)),
                ('suspended_at', models.DateTimeField()),
                ('lifted_at', models.DateTimeField(blank=True, null=True)),
                ('suspended_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='staff.staffmember')),
            ],
            options={
                'db_table': 'staff_suspension',
                'constraints': [models.UniqueConstraint(condition=models.Q(('lifted_at__isnull', True)), fields=('kind', 'target'), name='suspension_one_in_force')],
            },
        ),
    ]
