# SPDX-License-Identifier: Apache-2.0
from django.db import migrations

# A key is written together with its first result and never changed.
RIGHTS = "REVOKE UPDATE ON cases_idempotencykey FROM wangge_web, wangge_worker;"


class Migration(migrations.Migration):
    dependencies = [("cases", "0002_record")]
    operations = [migrations.RunSQL(RIGHTS)]
