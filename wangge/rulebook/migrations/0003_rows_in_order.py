# SPDX-License-Identifier: Apache-2.0
from django.db import migrations

import wangge.common.ordered


class Migration(migrations.Migration):
    dependencies = [("rulebook", "0002_rights")]
    operations = [
        migrations.AlterField(
            model_name="change",
            name="row",
            field=wangge.common.ordered.OrderedJSONField(
                help_text="as the pack's file says it: where an order has a meaning, in it", null=True
            ),
        ),
    ]
