# SPDX-License-Identifier: Apache-2.0
import django.contrib.postgres.fields
import django.contrib.postgres.indexes
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models
from django.db.models import F, Q

RIGHTS = """
GRANT INSERT ON supervision_occasion TO wangge_worker;
GRANT INSERT, UPDATE (decided_in_id, decided_by_id, decided_at) ON supervision_agendaitem TO wangge_web;
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON supervision_occasion
    FOR EACH ROW EXECUTE FUNCTION refuse_rewriting();
CREATE TRIGGER append_only_whole BEFORE TRUNCATE ON supervision_occasion
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_rewriting();
"""


def _person(**more: object) -> models.ForeignKey:
    return models.ForeignKey(
        db_index=False,
        on_delete=django.db.models.deletion.PROTECT,
        related_name="+",
        to=settings.AUTH_USER_MODEL,
        **more,
    )


class Migration(migrations.Migration):
    dependencies = [
        ("supervision", "0003_areas_and_joint_answers"),
        ("cases", "0012_parts_and_states"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]
    operations = [
        migrations.CreateModel(
            name="Occasion",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "series",
                    models.CharField(help_text="code of the rule in oversight.yaml", max_length=30),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[("regular_meeting", "条块例会"), ("bulletin", "每周通报")], max_length=20
                    ),
                ),
                ("name_zh", models.CharField(max_length=100)),
                ("name_en", models.CharField(max_length=100)),
                ("planned_day", models.DateField(help_text="by the rule")),
                ("day", models.DateField(help_text="the first work day from there on")),
                (
                    "units",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=50),
                        default=list,
                        help_text="called to the meeting",
                        size=None,
                    ),
                ),
                ("area_path", models.CharField(db_collation="C", max_length=120)),
                ("opened_at", models.DateTimeField()),
            ],
            options={
                "indexes": [
                    models.Index(fields=["-opened_at", "-id"], name="supervision_occasion_newest"),
                    django.contrib.postgres.indexes.GinIndex(
                        fields=["units"], name="supervision_occasion_units"
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("series", "planned_day"), name="supervision_occasion_once"),
                    models.CheckConstraint(
                        condition=Q(("kind__in", ["regular_meeting", "bulletin"])),
                        name="supervision_occasion_kind",
                    ),
                    models.CheckConstraint(
                        condition=Q(("planned_day__lte", F("day"))), name="supervision_occasion_days"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="AgendaItem",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "key",
                    models.UUIDField(help_text="made by the page: the same form sent twice is one item"),
                ),
                ("series", models.CharField(max_length=30)),
                (
                    "occasion",
                    models.ForeignKey(
                        db_index=False,
                        help_text="first raised for",
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="raised",
                        to="supervision.occasion",
                    ),
                ),
                ("text", models.CharField(help_text="no resident", max_length=500)),
                (
                    "case",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="cases.case",
                    ),
                ),
                ("raised_by", _person()),
                ("raised_at", models.DateTimeField()),
                (
                    "decided_in",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="decided",
                        to="supervision.occasion",
                    ),
                ),
                ("decided_by", _person(null=True)),
                ("decided_at", models.DateTimeField(null=True)),
            ],
            options={
                "indexes": [models.Index(fields=["series", "id"], name="supervision_agendaitem_series")],
                "constraints": [
                    models.UniqueConstraint(fields=("key",), name="supervision_agendaitem_once"),
                    models.CheckConstraint(
                        condition=Q(
                            ("decided_at__isnull", True),
                            ("decided_by__isnull", True),
                            ("decided_in__isnull", True),
                        )
                        | Q(
                            ("decided_at__isnull", False),
                            ("decided_by__isnull", False),
                            ("decided_in__isnull", False),
                        ),
                        name="supervision_agendaitem_decided",
                    ),
                ],
            },
        ),
        migrations.AddField(
            "paper",
            "occasion",
            models.ForeignKey(
                db_index=False,
                help_text="the meeting these are the minutes of, or the bulletin's week",
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="papers",
                to="supervision.occasion",
            ),
        ),
        migrations.AddConstraint(
            "paper",
            models.UniqueConstraint(
                condition=~Q(("state", "discarded")) & Q(("occasion__isnull", False)),
                fields=("occasion",),
                name="supervision_paper_occasion",
            ),
        ),
        migrations.RunSQL(RIGHTS, migrations.RunSQL.noop),
    ]
