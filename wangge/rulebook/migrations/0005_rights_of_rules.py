# SPDX-License-Identifier: Apache-2.0
from django.db import migrations, models

# As of every other reference row: the worker ends one and adds another.
RIGHTS = """
GRANT INSERT, UPDATE (valid_to) ON supervision_oversightversion, inspectors_inspectorrules TO wangge_worker;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("rulebook", "0004_figures_of_records"),
        ("common", "0001_roles_and_functions"),
        ("supervision", "0001_initial"),
        ("inspectors", "0001_rotation_sampling_ledger_reports"),
    ]
    operations = [
        migrations.RunSQL(RIGHTS, migrations.RunSQL.noop),
        migrations.AlterField(
            model_name="draft",
            name="refusal",
            field=models.JSONField(
                default=list, help_text="telling.Reason: why it could not be put in force"
            ),
        ),
    ]
