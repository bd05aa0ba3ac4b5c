# SPDX-License-Identifier: Apache-2.0
from typing import Any

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

KINDS = [
    "return", "escalation", "extension", "suspension", "consultation", "supervision", "overdue_appeal", "correction",
]  # fmt: skip

RIGHTS = "GRANT INSERT, UPDATE ON cases_siderecord TO wangge_web, wangge_worker;"

# A request by a unit was a table of its own, with two kinds.
REQUESTS = """
INSERT INTO cases_siderecord
    (case_id, kind, state, seq, unit, opened_at, opened_by_id, ruling, ruled_at, ruled_by_id, ended_at, facts)
SELECT case_id, CASE kind WHEN 'ask_return' THEN 'return' ELSE 'escalation' END,
    CASE ruling WHEN '' THEN 'asked' ELSE ruling END, seq, unit, asked_at, asked_by_id, ruling, ruled_at, ruled_by_id,
    ruled_at, '{}'
FROM cases_unitrequest ORDER BY id;
UPDATE cases_task SET stage = CASE stage WHEN 'ask_return' THEN 'return.asked' ELSE 'escalation.asked' END
WHERE stage IN ('ask_return', 'ask_escalation');
UPDATE cases_case SET clock_start = dispatched_at WHERE dispatched_at IS NOT NULL;
"""

# Rulings on who is in charge, now with those of an objection.
PRECEDENTS = """
DROP INDEX cases_logentry_rulings;
CREATE INDEX cases_logentry_rulings ON cases_logentry (recorded_at, case_id)
    WHERE step IN ('return', 'refuse_return', 'rule_return') OR (step = 'dispatch' AND data ->> 'as_routed' = 'false');
"""

_KINDS_OF_OLD = {
    "return": ("退单", "Return", "ask_return", "return", "refuse_return", "不准退单", "Refuse return"),
    "escalation": (
        "上报上级", "Escalation", "ask_escalation", "escalate", "refuse_escalation", "不准上报", "Refuse escalation",
    ),
}  # fmt: skip


def lay_requests_beside(apps: Any, schema_editor: Any) -> None:
    """A flow of before side records: its requests and their rulings become records of the same effect."""
    flow_version = apps.get_model("cases", "FlowVersion")
    for row in flow_version.objects.all():
        document = row.document
        beside, steps = document.get("beside") or {}, document["steps"]
        refuse = beside.pop("refuse_request", None)
        for kind, (zh, en, ask, grant, refused, refused_zh, refused_en) in _KINDS_OF_OLD.items():
            if ask not in beside or grant not in steps or refuse is None:
                continue
            asking, granting = beside.pop(ask), steps.pop(grant)
            document.setdefault("records", {})[kind] = {
                "name_zh": zh,
                "name_en": en,
                "while": asking["from"],
                "states": {
                    "asked": {"name_zh": "待裁定", "name_en": "To be ruled on", "task": asking.pop("task")},
                    "granted": {"name_zh": "准予", "name_en": "Granted"},
                    "refused": {"name_zh": "不准", "name_en": "Refused"},
                },
                "steps": {
                    ask: _beside(asking, ["new"], "asked"),
                    grant: _beside(granting, ["asked"], "granted") | {"case": granting["to"]},
                    refused: _beside(refuse, ["asked"], "refused")
                    | {"name_zh": refused_zh, "name_en": refused_en},
                },
            }
        row.save(update_fields=["document"])


def _beside(step: dict[str, Any], sources: list[str], to: str) -> dict[str, Any]:
    needs = [need for need in step.get("needs") or () if need != "request"]
    return {**step, "while": step["from"], "from": sources, "to": to, "needs": needs}


class Migration(migrations.Migration):
    dependencies = [
        ("cases", "0010_precedents"),
        ("common", "0001_roles_and_functions"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            "case",
            "clock_start",
            models.DateTimeField(
                help_text="the case clock runs from here: dispatched, or resumed; none while it stands still",
                null=True,
            ),
        ),
        migrations.AddField(
            "case",
            "clock_used",
            models.IntegerField(
                default=0,
                help_text="seconds of the norm's clock gone before that; less those extensions have granted",
            ),
        ),
        migrations.AddField(
            "case",
            "suspended_until",
            models.DateTimeField(help_text="the case clock stands still until then", null=True),
        ),
        migrations.AddField(
            "case",
            "overdue_exempt",
            models.BooleanField(default=False, help_text="an appeal of its overdue mark was granted"),
        ),
        migrations.AlterField(
            "case",
            "dispatched_at",
            models.DateTimeField(
                help_text="the present unit has had the case from here; a further round begins anew",
                null=True,
            ),
        ),
        migrations.CreateModel(
            name="SideRecord",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("kind", models.CharField(max_length=20)),
                ("state", models.CharField(help_text="a state of its kind in the flow of the case", max_length=20)),
                ("seq", models.PositiveIntegerField(help_text="log entry that opened it")),
                ("unit", models.CharField(help_text="that asks, or that it is addressed to", max_length=50)),
                ("opened_at", models.DateTimeField()),
                (
                    "ruling",
                    models.CharField(
                        blank=True,
                        choices=[("", "—"), ("granted", "准予"), ("refused", "不准"), ("final", "终裁不准"), ("lapsed", "自行终止")],
                        default="",
                        max_length=10,
                    ),
                ),
                ("ruled_at", models.DateTimeField(null=True)),
                ("ended_at", models.DateTimeField(null=True)),
                (
                    "amount",
                    models.PositiveIntegerField(help_text="units of the norm's clock an extension asks for", null=True),
                ),
                ("until", models.DateTimeField(help_text="when a suspension ends by itself", null=True)),
                ("facts", models.JSONField(default=dict, help_text="codes: what was chosen, what is right; no free text")),
                (
                    "case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="side_records", to="cases.case"
                    ),
                ),
                (
                    "opened_by",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "ruled_by",
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
                    models.Index(
                        condition=models.Q(("ended_at__isnull", True), ("kind", "suspension")),
                        fields=["until"],
                        name="cases_siderecord_resume",
                    ),
                    models.Index(
                        condition=models.Q(("ended_at__isnull", True)),
                        fields=["kind", "-opened_at", "-id"],
                        name="cases_siderecord_open",
                    ),
                    models.Index(fields=["kind", "-opened_at", "-id"], name="cases_siderecord_newest"),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("ended_at__isnull", True)),
                        fields=("case", "kind"),
                        name="cases_siderecord_one_open",
                    ),
                    models.CheckConstraint(condition=models.Q(("kind__in", KINDS)), name="cases_siderecord_kind"),
                    models.CheckConstraint(
                        condition=models.Q(("ruling__in", ["", "granted", "refused", "final", "lapsed"])),
                        name="cases_siderecord_ruling",
                    ),
                ],
            },
        ),
        migrations.RunSQL(RIGHTS, migrations.RunSQL.noop),
        migrations.RunSQL(REQUESTS, migrations.RunSQL.noop),
        migrations.RunPython(lay_requests_beside, migrations.RunPython.noop),
        migrations.DeleteModel("UnitRequest"),
        migrations.RunSQL(PRECEDENTS, migrations.RunSQL.noop),
    ]
