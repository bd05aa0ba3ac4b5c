# SPDX-License-Identifier: Apache-2.0
from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("catalog", "0004_filing_and_order")]
    operations = [
        migrations.RunSQL(
            "DROP INDEX catalog_class_search",
            "CREATE INDEX catalog_class_search ON catalog_catalogclass USING gin"
            " (bigrams(name_zh || ' ' || name_en)) WHERE valid_to IS NULL",
        )
    ]
