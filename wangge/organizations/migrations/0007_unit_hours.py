# SPDX-License-Identifier: Apache-2.0
from django.db import migrations, models

RIGHTS = "GRANT INSERT, UPDATE (valid_to) ON organizations_unithours TO wangge_worker;"


class Migration(migrations.Migration):
    dependencies = [
        ("organizations", "0006_profiles_without_flow"),
        ("common", "0001_roles_and_functions"),
    ]
    operations = [
        migrations.CreateModel(
            name="UnitHours",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("valid_from", models.DateTimeField()),
                ("valid_to", models.DateTimeField(blank=True, null=True)),
                ("unit", models.CharField(max_length=50)),
                ("weekday", models.CharField(max_length=3)),
                ("begins", models.CharField(max_length=5)),
                ("ends", models.CharField(max_length=5)),
                ("source", models.CharField(blank=True, max_length=300)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("valid_to__isnull", True)),
                        fields=("unit", "weekday", "begins"),
                        name="organizations_unithours_in_force",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("weekday__in", ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]),
                            models.Q(("begins", models.F("ends")), _negated=True),
                        ),
                        name="organizations_unithours_sane",
                    ),
                ]
            },
        ),
        migrations.RunSQL(RIGHTS, migrations.RunSQL.noop),
    ]
