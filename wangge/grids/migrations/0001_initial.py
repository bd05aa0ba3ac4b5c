# SPDX-License-Identifier: Apache-2.0

from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="Area",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("valid_from", models.DateTimeField()),
                ("valid_to", models.DateTimeField(blank=True, null=True)),
                ("code", models.CharField(max_length=20)),
                ("name_zh", models.CharField(max_length=100)),
                ("name_en", models.CharField(max_length=200)),
                ("level", models.CharField(max_length=20)),
                ("parent", models.CharField(blank=True, max_length=20)),
                ("path", models.CharField(db_collation="C", max_length=120)),
                ("source", models.CharField(blank=True, max_length=300)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("valid_to__isnull", True)),
                        fields=("code",),
                        name="grids_area_in_force",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="City",
            fields=[
                ("id", models.PositiveSmallIntegerField(default=1, primary_key=True, serialize=False)),
                ("code", models.CharField(max_length=20)),
                ("name_zh", models.CharField(max_length=100)),
                ("name_en", models.CharField(max_length=100)),
                ("time_zone", models.CharField(max_length=50)),
                ("case_number_prefix", models.CharField(max_length=10)),
                ("center_lon", models.FloatField()),
                ("center_lat", models.FloatField()),
                ("zoom", models.FloatField()),
                ("default_unit", models.CharField(max_length=50)),
                (
                    "command_level",
                    models.CharField(help_text="level of the areas that dispatch first", max_length=20),
                ),
                ("duplicate_metres", models.PositiveIntegerField()),
                ("duplicate_hours", models.PositiveIntegerField()),
                ("levels", models.JSONField(help_text="[{code, name_zh, name_en}] from top to bottom")),
                ("outline", models.JSONField(help_text="GeoJSON Feature, WGS84")),
                ("pack", models.CharField(max_length=50)),
                ("pack_version", models.CharField(max_length=50)),
                ("demo_people", models.BooleanField(help_text="the people are invented; see the pack")),
                (
                    "about",
                    models.JSONField(help_text="{title_zh, title_en, licence, notice} of its pack"),
                ),
            ],
            options={
                "constraints": [models.CheckConstraint(condition=models.Q(("id", 1)), name="grids_city_one")],
            },
        ),
        migrations.CreateModel(
            name="Grid",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("valid_from", models.DateTimeField()),
                ("valid_to", models.DateTimeField(blank=True, null=True)),
                ("layer", models.CharField(max_length=30)),
                ("code", models.CharField(max_length=30)),
                ("name_zh", models.CharField(max_length=100)),
                ("name_en", models.CharField(max_length=200)),
                ("area", models.CharField(max_length=20)),
                ("area_path", models.CharField(db_collation="C", max_length=120)),
                ("parent", models.CharField(blank=True, max_length=30)),
                ("boundary", models.JSONField()),
                ("source", models.CharField(blank=True, max_length=300)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("valid_to__isnull", True)),
                        fields=("layer", "code"),
                        name="grids_grid_in_force",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="GridLayer",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("valid_from", models.DateTimeField()),
                ("valid_to", models.DateTimeField(blank=True, null=True)),
                ("code", models.CharField(max_length=30)),
                ("name_zh", models.CharField(max_length=100)),
                ("name_en", models.CharField(max_length=100)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("valid_to__isnull", True)),
                        fields=("code",),
                        name="grids_gridlayer_in_force",
                    )
                ],
            },
        ),
    ]
