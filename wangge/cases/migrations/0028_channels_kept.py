# SPDX-License-Identifier: Apache-2.0
from django.db import migrations, models

# As of every other reference row: the worker ends one and adds another. What is there becomes the first version.
VERSIONS = """
INSERT INTO cases_channelversion (valid_from, code, name_zh, name_en, callback, external)
SELECT coalesce((SELECT min(valid_from) FROM cases_flowversion), now()), code, name_zh, name_en, callback, external
FROM cases_channel;
GRANT INSERT, UPDATE (valid_to) ON cases_channelversion TO wangge_worker;
"""


class Migration(migrations.Migration):
    dependencies = [("cases", "0027_lists_by_what_is_seen"), ("common", "0001_roles_and_functions")]
    operations = [
        migrations.CreateModel(
            name="ChannelVersion",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("valid_from", models.DateTimeField()),
                ("valid_to", models.DateTimeField(blank=True, null=True)),
                ("code", models.CharField(max_length=30)),
                ("name_zh", models.CharField(max_length=50)),
                ("name_en", models.CharField(max_length=50)),
                ("callback", models.BooleanField()),
                ("external", models.BooleanField()),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("valid_to__isnull", True)),
                        fields=("code",),
                        name="cases_channelversion_in_force",
                    )
                ]
            },
        ),
        migrations.RunSQL(VERSIONS, migrations.RunSQL.noop),
        migrations.RemoveField(model_name="channel", name="callback"),
        migrations.RemoveField(model_name="channel", name="external"),
        migrations.RemoveField(model_name="channel", name="name_en"),
        migrations.RemoveField(model_name="channel", name="name_zh"),
    ]
