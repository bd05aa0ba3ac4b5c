# SPDX-License-Identifier: Apache-2.0
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

# Sittings on record belong to the widest area their leader has.
AREAS = """
UPDATE supervision_sitting SET area_path = coalesce((
    SELECT a.area_path FROM organizations_appointment a
    WHERE a.person_id = supervision_sitting.leader_id AND a.post = 'leader'
    ORDER BY a.valid_to IS NULL DESC, length(a.area_path) LIMIT 1), '');
"""

RIGHTS = """
GRANT INSERT ON supervision_jointanswer TO wangge_web;
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON supervision_jointanswer
    FOR EACH ROW EXECUTE FUNCTION refuse_rewriting();
CREATE TRIGGER append_only_whole BEFORE TRUNCATE ON supervision_jointanswer
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_rewriting();
"""

# The few open cases that are late, among all there ever were.
OVERDUE = """
CREATE INDEX supervision_overdue ON cases_case (due_at)
    WHERE finished_at IS NULL AND state IN ('reported', 'verifying', 'accepted', 'filed', 'dispatched', 'handling', 'handled',
        'checking', 'callback', 'investigating', 'closing', 'split');
"""


class Migration(migrations.Migration):
    dependencies = [
        ("supervision", "0002_rights"),
        ("cases", "0012_parts_and_states"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]
    operations = [
        migrations.AddField(
            "sitting",
            "area_path",
            models.CharField(
                default="", max_length=120, db_collation="C", help_text="of the leader then"
            ),
            preserve_default=False,
        ),
        migrations.CreateModel(
            name="JointAnswer",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "key",
                    models.UUIDField(
                        help_text="made by the page: the same form sent twice is one answer", unique=True
                    ),
                ),
                ("unit", models.CharField(max_length=50)),
                ("text", models.TextField()),
                ("at", models.DateTimeField()),
                (
                    "person",
                    models.ForeignKey(
                        db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "record",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="joint_answers",
                        to="cases.siderecord",
                    ),
                ),
            ],
        ),
        migrations.RunSQL(AREAS + RIGHTS + OVERDUE, migrations.RunSQL.noop),
    ]
