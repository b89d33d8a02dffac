# SPDX-License-Identifier: Apache-2.0
from django.db import migrations, models

# Of two proofs that stood side by side the newer one stays, as if it had come after the other.
END_FORMER = """
    UPDATE identity_proofing AS former SET ended_at = newer.proved_at, end_reason = 'replaced'
    FROM identity_proofing AS newer
    WHERE former.ended_at IS NULL AND newer.ended_at IS NULL
        AND newer.account_id = former.account_id AND newer.method = former.method
        AND newer.by = former.by AND (newer.proved_at, newer.id) > (former.proved_at, former.id)
"""


class Migration(migrations.Migration):
    atomic = False

    dependencies = [
        ("identity", "0002_note_what_fitted"),
    ]

    operations = [
        migrations.RunSQL(END_FORMER, reverse_sql=migrations.RunSQL.noop),
        migrations.SeparateDatabaseAndState(
            database_operations=[
                migrations.RunSQL(
                    "CREATE UNIQUE INDEX CONCURRENTLY proofing_one_of_each_place"
                    " ON identity_proofing (account_id, method, by) WHERE ended_at IS NULL",
                    reverse_sql="DROP INDEX CONCURRENTLY proofing_one_of_each_place",
                )
            ],
            state_operations=[
                migrations.AddConstraint(
                    model_name="proofing",
                    constraint=models.UniqueConstraint(
                        name="proofing_one_of_each_place",
                        fields=["account_id", "method", "by"],
                        condition=models.Q(("ended_at__isnull", True)),
                    ),
                )
            ],
        ),
    ]
