# SPDX-License-Identifier: Apache-2.0
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("inspectors", "0005_reminded_and_grids_of_the_start")]
    operations = [
        migrations.RenameField("stafffeedback", "squad", "unit"),
        migrations.AlterField(
            "stafffeedback",
            "unit",
            models.CharField(
                help_text="code: whose work it is about; of a case alone its squad", max_length=50
            ),
        ),
    ]
