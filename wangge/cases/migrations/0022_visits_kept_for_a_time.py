# SPDX-License-Identifier: Apache-2.0
from django.db import migrations, models

RIGHTS = "GRANT UPDATE (place, answers, texts_gone_at) ON cases_visit TO wangge_worker;"


class Migration(migrations.Migration):
    dependencies = [("cases", "0021_flows_of_areas")]
    operations = [
        migrations.AddField(
            "visit",
            "texts_gone_at",
            models.DateTimeField(help_text="its texts and photos were deleted on time", null=True),
        ),
        migrations.AddIndex(
            "visit",
            models.Index(condition=models.Q(texts_gone_at=None), fields=["at"], name="cases_visit_kept"),
        ),
        migrations.RunSQL(RIGHTS, migrations.RunSQL.noop),
    ]
