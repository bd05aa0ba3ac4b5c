# SPDX-License-Identifier: Apache-2.0
from django.db import migrations

RIGHTS = """
GRANT INSERT, UPDATE, DELETE ON procrastinate_jobs, procrastinate_events, procrastinate_periodic_defers,
    procrastinate_workers TO wangge_worker;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("common", "0002_revision"),
        ("procrastinate", "0041_post_retry_failed_job"),
    ]
    operations = [migrations.RunSQL(RIGHTS, migrations.RunSQL.noop)]
