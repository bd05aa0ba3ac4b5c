# SPDX-License-Identifier: Apache-2.0
import django.db.models.deletion
from django.db import migrations, models

RIGHTS = "GRANT INSERT ON cases_visitreport TO wangge_web;"


class Migration(migrations.Migration):
    dependencies = [
        ("cases", "0014_rulings_of_a_case"),
        ("common", "0001_roles_and_functions"),
    ]
    operations = [
        migrations.RemoveIndex(model_name="photo", name="cases_photo_waiting"),
        migrations.AddField(
            model_name="photo",
            name="visit",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="photos",
                to="cases.visit",
            ),
        ),
        migrations.AddIndex(
            model_name="photo",
            index=models.Index(
                condition=models.Q(("case__isnull", True), ("visit__isnull", True)),
                fields=["uploaded_at"],
                name="cases_photo_waiting",
            ),
        ),
        migrations.AddIndex(
            model_name="photo",
            index=models.Index(
                condition=models.Q(("visit__isnull", False)), fields=["visit"], name="cases_photo_visit"
            ),
        ),
        migrations.CreateModel(
            name="VisitReport",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("field", models.CharField(max_length=100)),
                (
                    "case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="cases.case"
                    ),
                ),
                (
                    "visit",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="reports",
                        to="cases.visit",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("visit", "field"), name="cases_visitreport_once")
                ],
            },
        ),
        migrations.RunSQL(RIGHTS, migrations.RunSQL.noop),
    ]
