# SPDX-License-Identifier: Apache-2.0

import django.contrib.postgres.fields
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="Person",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("password", models.CharField(max_length=128, verbose_name="password")),
                ("last_login", models.DateTimeField(blank=True, null=True, verbose_name="last login")),
                ("login", models.CharField(max_length=60, unique=True)),
                ("name", models.CharField(max_length=100)),
                ("email", models.EmailField(blank=True, max_length=254)),
                ("is_active", models.BooleanField(default=True)),
                ("source", models.CharField(blank=True, max_length=300)),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="CalendarVersion",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("valid_from", models.DateTimeField()),
                ("valid_to", models.DateTimeField(blank=True, null=True)),
                ("code", models.CharField(default="standard", max_length=30)),
                ("weekly", models.JSONField()),
                ("first_year", models.PositiveSmallIntegerField()),
                ("last_year", models.PositiveSmallIntegerField()),
                ("exceptions", models.JSONField()),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("valid_to__isnull", True)),
                        fields=("code",),
                        name="organizations_calendar_in_force",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Post",
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
                ("name_zh", models.CharField(max_length=50)),
                ("name_en", models.CharField(max_length=50)),
                (
                    "axis",
                    models.CharField(
                        choices=[
                            ("supervision", "监督轴"),
                            ("command", "指挥轴"),
                            ("unit", "责任单位"),
                            ("none", "不经办案卷"),
                        ],
                        max_length=20,
                    ),
                ),
                (
                    "permissions",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=60), size=None
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("valid_to__isnull", True)),
                        fields=("code",),
                        name="organizations_post_in_force",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Responsibility",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("valid_from", models.DateTimeField()),
                ("valid_to", models.DateTimeField(blank=True, null=True)),
                ("class_code", models.CharField(blank=True, max_length=30)),
                ("place", models.CharField(blank=True, help_text="code of an area or a grid", max_length=30)),
                ("owner", models.CharField(blank=True, help_text="unit owning the component", max_length=50)),
                ("lead", models.CharField(max_length=50)),
                (
                    "assist",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=50), blank=True, default=list, size=None
                    ),
                ),
                ("basis_zh", models.CharField(blank=True, max_length=300)),
                ("basis_en", models.CharField(blank=True, max_length=300)),
                ("source", models.CharField(blank=True, max_length=300)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("valid_to__isnull", True)),
                        fields=("class_code", "place", "owner"),
                        name="organizations_responsibility_in_force",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="SupervisionDuty",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("valid_from", models.DateTimeField()),
                ("valid_to", models.DateTimeField(blank=True, null=True)),
                ("grid", models.CharField(max_length=30)),
                ("unit", models.CharField(max_length=50)),
                ("source", models.CharField(blank=True, max_length=300)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("valid_to__isnull", True)),
                        fields=("grid",),
                        name="organizations_supervisionduty_in_force",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Unit",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("valid_from", models.DateTimeField()),
                ("valid_to", models.DateTimeField(blank=True, null=True)),
                ("code", models.CharField(max_length=50)),
                ("name_zh", models.CharField(max_length=100)),
                ("name_en", models.CharField(max_length=200)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("centre", "中心"),
                            ("department", "部门"),
                            ("street", "街道"),
                            ("station", "工作站"),
                            ("squad", "监督分队"),
                            ("company", "企业"),
                        ],
                        max_length=20,
                    ),
                ),
                ("parent", models.CharField(blank=True, max_length=50)),
                ("path", models.CharField(db_collation="C", max_length=200)),
                ("area", models.CharField(blank=True, max_length=20)),
                ("source", models.CharField(blank=True, max_length=300)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("valid_to__isnull", True)),
                        fields=("code",),
                        name="organizations_unit_in_force",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Appointment",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("valid_from", models.DateTimeField()),
                ("valid_to", models.DateTimeField(blank=True, null=True)),
                ("post", models.CharField(max_length=30)),
                ("unit", models.CharField(blank=True, max_length=50)),
                ("unit_path", models.CharField(blank=True, db_collation="C", max_length=200)),
                ("area", models.CharField(max_length=20)),
                ("area_path", models.CharField(db_collation="C", max_length=120)),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="appointments",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("valid_to__isnull", True)),
                        fields=("person", "post", "unit", "area"),
                        name="organizations_appointment_in_force",
                    )
                ],
            },
        ),
    ]
