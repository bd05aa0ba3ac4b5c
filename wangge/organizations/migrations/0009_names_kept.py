# SPDX-License-Identifier: Apache-2.0
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

# As of every other reference row: the worker ends one and adds another. The names there are become the first versions.
VERSIONS = """
INSERT INTO organizations_personname (valid_from, person_id, name, source)
SELECT coalesce((SELECT min(valid_from) FROM organizations_appointment a WHERE a.person_id = p.id), now()), id, name, source
FROM organizations_person p;
GRANT INSERT, UPDATE (valid_to) ON organizations_personname TO wangge_worker;
"""


class Migration(migrations.Migration):
    dependencies = [("organizations", "0008_entries_of_the_roster"), ("common", "0001_roles_and_functions")]
    operations = [
        migrations.CreateModel(
            name="PersonName",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("valid_from", models.DateTimeField()),
                ("valid_to", models.DateTimeField(blank=True, null=True)),
                ("name", models.CharField(max_length=100)),
                ("source", models.CharField(blank=True, max_length=300)),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="names",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("valid_to__isnull", True)),
                        fields=("person",),
                        name="organizations_personname_in_force",
                    )
                ]
            },
        ),
        migrations.RunSQL(VERSIONS, migrations.RunSQL.noop),
    ]
