# SPDX-License-Identifier: Apache-2.0
from django.db import migrations

# Of a channel nothing but the code is left, which stays; what is known of it has versions.
RIGHTS = "REVOKE UPDATE ON cases_channel FROM wangge_worker;"


class Migration(migrations.Migration):
    dependencies = [("rulebook", "0005_rights_of_rules"), ("cases", "0028_channels_kept")]
    operations = [migrations.RunSQL(RIGHTS, migrations.RunSQL.noop)]
