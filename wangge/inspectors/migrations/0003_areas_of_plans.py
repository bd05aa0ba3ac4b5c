# SPDX-License-Identifier: Apache-2.0
from django.db import migrations, models

# Plans on record were made for every squad of the city.
AREAS = """
UPDATE inspectors_rotationplan SET area_path = coalesce((
    SELECT path FROM grids_area WHERE parent = '' AND valid_to IS NULL ORDER BY id LIMIT 1), '');
"""


class Migration(migrations.Migration):
    dependencies = [("inspectors", "0002_rights"), ("grids", "0001_initial")]
    operations = [
        migrations.AddField(
            "rotationplan",
            "area_path",
            models.CharField(
                db_collation="C",
                default="",
                help_text="of the squad, else of whoever made it: its squads move",
                max_length=120,
            ),
            preserve_default=False,
        ),
        migrations.RunSQL(AREAS, migrations.RunSQL.noop),
    ]
