# SPDX-License-Identifier: Apache-2.0
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

RIGHTS = "GRANT UPDATE (place, answers, redacted_at, redacted_by_id, redacted_why) ON cases_visit TO wangge_web;"


class Migration(migrations.Migration):
    dependencies = [
        ("cases", "0019_orders_owed"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]
    operations = [
        migrations.AddField(
            "visit",
            "redacted_at",
            models.DateTimeField(help_text="the place and the answers in words were deleted", null=True),
        ),
        migrations.AddField(
            "visit",
            "redacted_by",
            models.ForeignKey(
                db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField("visit", "redacted_why", models.CharField(blank=True, max_length=300)),
        migrations.RunSQL(RIGHTS, migrations.RunSQL.noop),
    ]
