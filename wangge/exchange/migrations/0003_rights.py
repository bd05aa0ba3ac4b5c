# SPDX-License-Identifier: Apache-2.0
from django.db import migrations

RIGHTS = """
GRANT INSERT, UPDATE ON exchange_apiuse TO wangge_web;
GRANT DELETE ON exchange_apiuse TO wangge_worker;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("exchange", "0002_unlogged_counters"),
        ("common", "0001_roles_and_functions"),
    ]
    operations = [migrations.RunSQL(RIGHTS, migrations.RunSQL.noop)]
