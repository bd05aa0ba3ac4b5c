# SPDX-License-Identifier: Apache-2.0
from django.db import migrations, models

RIGHTS = "GRANT UPDATE (reminded_at) ON inspectors_draw, inspectors_stafffeedback TO wangge_worker;"


class Migration(migrations.Migration):
    dependencies = [("inspectors", "0003_areas_of_plans")]
    operations = [
        migrations.AddField(
            "draw",
            "reminded_at",
            models.DateTimeField(help_text="who may look again was reminded that the day comes", null=True),
        ),
        migrations.AddField(
            "stafffeedback",
            "reminded_at",
            models.DateTimeField(help_text="who answers was reminded that it is due", null=True),
        ),
        migrations.RunSQL(RIGHTS, migrations.RunSQL.noop),
    ]
