# SPDX-License-Identifier: Apache-2.0
from django.db import migrations

RIGHTS = """
GRANT INSERT, UPDATE ON notices_notice TO wangge_web, wangge_worker;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("notices", "0001_initial"),
        ("common", "0001_roles_and_functions"),
    ]
    operations = [migrations.RunSQL(RIGHTS, migrations.RunSQL.noop)]
