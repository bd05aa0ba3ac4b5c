# SPDX-License-Identifier: Apache-2.0
from django.db import migrations

RIGHTS = """
GRANT UPDATE (password, last_login) ON organizations_person TO wangge_web;
GRANT INSERT, UPDATE, DELETE ON django_session, mfa_authenticator TO wangge_web;
GRANT DELETE ON django_session TO wangge_worker;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("organizations", "0001_initial"),
        ("common", "0001_roles_and_functions"),
        ("sessions", "0001_initial"),
        ("account", "0009_emailaddress_unique_primary_email"),
        ("mfa", "0003_authenticator_type_uniq"),
    ]
    operations = [migrations.RunSQL(RIGHTS, migrations.RunSQL.noop)]
