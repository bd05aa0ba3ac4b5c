# SPDX-License-Identifier: Apache-2.0
from django.db import migrations

RIGHTS = """
GRANT INSERT, DELETE ON organizations_absence, organizations_dutyhours TO wangge_web;
GRANT DELETE ON organizations_absence TO wangge_worker;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("organizations", "0004_absences_and_duty_hours"),
        ("common", "0001_roles_and_functions"),
    ]
    operations = [migrations.RunSQL(RIGHTS, migrations.RunSQL.noop)]
