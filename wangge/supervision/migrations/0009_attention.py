# SPDX-License-Identifier: Apache-2.0
from django.db import migrations, models

KINDS = ["reminder", "urging", "order", "attention"]


class Migration(migrations.Migration):
    dependencies = [("supervision", "0008_sent_back_due_anew")]
    operations = [
        migrations.AlterField(
            "reached",
            "kind",
            models.CharField(
                choices=[("reminder", "提醒"), ("urging", "催办"), ("order", "建议督办"), ("attention", "提请关注")],
                max_length=10,
            ),
        ),
        migrations.RemoveConstraint("reached", "supervision_reached_kind"),
        migrations.AddConstraint(
            "reached",
            models.CheckConstraint(
                condition=models.Q(("kind__in", KINDS)), name="supervision_reached_kind"
            ),
        ),
        migrations.RemoveIndex("reached", "supervision_proposed"),
        migrations.AddIndex(
            "reached",
            models.Index(
                condition=models.Q(("kind__in", KINDS[2:])), fields=["-at", "-id"], name="supervision_brought_up"
            ),
        ),
    ]
