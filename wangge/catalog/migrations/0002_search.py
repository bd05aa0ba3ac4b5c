# SPDX-License-Identifier: Apache-2.0
from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("catalog", "0001_initial"), ("common", "0001_roles_and_functions")]
    operations = [
        migrations.RunSQL(
            "CREATE INDEX catalog_class_search ON catalog_catalogclass USING gin"
            " (bigrams(name_zh || ' ' || name_en)) WHERE valid_to IS NULL",
            "DROP INDEX catalog_class_search",
        )
    ]
