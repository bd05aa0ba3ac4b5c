# SPDX-License-Identifier: Apache-2.0
from django.db import migrations, models

# It had the rows and the order of cases_case_dissatisfied; what must be supervised is listed by cases_case_order_owed.
TWICE = "DROP INDEX IF EXISTS supervision_must"


class Migration(migrations.Migration):
    dependencies = [("supervision", "0006_agenda_redacted")]
    operations = [
        migrations.AlterField(
            "occasion",
            "area_path",
            models.CharField(db_collation="C", help_text="of the area that holds it", max_length=120),
        ),
        migrations.RemoveConstraint("occasion", "supervision_occasion_once"),
        migrations.AddConstraint(
            "occasion",
            models.UniqueConstraint(
                fields=("series", "area_path", "planned_day"), name="supervision_occasion_once"
            ),
        ),
        migrations.RunSQL(TWICE, migrations.RunSQL.noop),
    ]
