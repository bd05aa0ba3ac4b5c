# SPDX-License-Identifier: Apache-2.0
import django.contrib.postgres.fields
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


# Hours entered again end as said last: an update of that column.
RIGHTS = """
GRANT INSERT ON organizations_rosterentry TO wangge_web;
GRANT DELETE ON organizations_rosterentry TO wangge_worker;
GRANT UPDATE (ends) ON organizations_dutyhours TO wangge_web;
CREATE TRIGGER append_only BEFORE UPDATE ON organizations_rosterentry
    FOR EACH ROW EXECUTE FUNCTION refuse_rewriting();
CREATE TRIGGER append_only_whole BEFORE TRUNCATE ON organizations_rosterentry
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_rewriting();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("organizations", "0007_unit_hours"),
    ]

    operations = [
        migrations.CreateModel(
            name="RosterEntry",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "what",
                    models.CharField(
                        choices=[
                            ("absence_set", "登记外出"),
                            ("absence_ended", "撤销外出"),
                            ("hours_added", "加入值班时间"),
                            ("hours_removed", "删除值班时间"),
                        ],
                        max_length=15,
                    ),
                ),
                ("first_day", models.DateField(null=True)),
                ("last_day", models.DateField(null=True)),
                (
                    "weekdays",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.PositiveSmallIntegerField(), default=list, size=None
                    ),
                ),
                ("begins", models.TimeField(null=True)),
                ("ends", models.TimeField(null=True)),
                ("at", models.DateTimeField()),
                (
                    "by",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "substitute",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["person", "-at", "-id"], name="organizations_rosterentry_new")
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("begins__isnull", True),
                                ("first_day__isnull", False),
                                ("what__startswith", "absence"),
                            ),
                            models.Q(
                                ("begins__isnull", False),
                                ("first_day__isnull", True),
                                ("what__startswith", "hours"),
                            ),
                            _connector="OR",
                        ),
                        name="organizations_rosterentry_what",
                    )
                ],
            },
        ),
        migrations.RunSQL(RIGHTS, migrations.RunSQL.noop),
    ]
