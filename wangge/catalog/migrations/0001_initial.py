# SPDX-License-Identifier: Apache-2.0

from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="CatalogClass",
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
                ("parent", models.CharField(blank=True, max_length=30)),
                ("path", models.CharField(db_collation="C", max_length=100)),
                (
                    "level",
                    models.CharField(
                        choices=[("major", "大类"), ("minor", "小类"), ("detail", "细类")], max_length=10
                    ),
                ),
                ("kind", models.CharField(choices=[("component", "部件"), ("event", "事件")], max_length=10)),
                ("module", models.CharField(max_length=50)),
                ("name_zh", models.CharField(max_length=200)),
                ("name_en", models.CharField(max_length=200)),
                ("source", models.CharField(blank=True, max_length=300)),
                ("confidence", models.CharField(blank=True, max_length=50)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("valid_to__isnull", True)),
                        fields=("code",),
                        name="catalog_class_in_force",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("kind__in", ["component", "event"])), name="catalog_class_kind"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("level__in", ["major", "minor", "detail"])),
                        name="catalog_class_level",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Norm",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("valid_from", models.DateTimeField()),
                ("valid_to", models.DateTimeField(blank=True, null=True)),
                ("code", models.CharField(max_length=40)),
                ("class_code", models.CharField(db_index=True, max_length=30)),
                ("condition_zh", models.CharField(max_length=500)),
                ("condition_en", models.CharField(max_length=500)),
                ("limit", models.PositiveIntegerField(help_text="in units of `clock`")),
                ("clock", models.CharField(max_length=20)),
                ("closing_zh", models.CharField(blank=True, max_length=300)),
                ("closing_en", models.CharField(blank=True, max_length=300)),
                ("photos_report", models.PositiveSmallIntegerField(default=0)),
                ("photos_handle", models.PositiveSmallIntegerField(default=0)),
                ("photos_check", models.PositiveSmallIntegerField(default=0)),
                ("area_grade", models.CharField(blank=True, max_length=30)),
                ("legal_basis", models.CharField(blank=True, max_length=300)),
                ("source", models.CharField(blank=True, max_length=300)),
                (
                    "local",
                    models.BooleanField(default=False, help_text="one city's value, not the national one"),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("valid_to__isnull", True)),
                        fields=("code",),
                        name="catalog_norm_in_force",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("limit__gt", 0)), name="catalog_norm_limit_positive"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "clock__in",
                                [
                                    "urgent_minute",
                                    "urgent_hour",
                                    "urgent_day",
                                    "work_hour",
                                    "work_day",
                                    "natural_day",
                                ],
                            )
                        ),
                        name="catalog_norm_clock",
                    ),
                ],
            },
        ),
    ]
