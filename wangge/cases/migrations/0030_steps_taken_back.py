# SPDX-License-Identifier: Apache-2.0
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("cases", "0029_answers_of_each_caller"),
    ]

    operations = [
        migrations.AddField(
            model_name="case",
            name="last_step",
            field=models.JSONField(
                help_text="what the last step of the line changed, as it was before: see actions.last_step; none where no correction may take it back",
                null=True,
            ),
        ),
        migrations.AddField(
            model_name="dispatch",
            name="mistaken",
            field=models.BooleanField(
                db_default=False, default=False, help_text="taken back by a correction: charged to nobody"
            ),
        ),
        migrations.AddField(
            model_name="task",
            name="closed_seq",
            field=models.PositiveIntegerField(help_text="log entry that closed it", null=True),
        ),
    ]
