# SPDX-License-Identifier: Apache-2.0
from django.db import migrations, models
from django.db.models import Q

import wangge.common.ordered


class Migration(migrations.Migration):
    dependencies = [("cases", "0020_visits_redacted")]
    operations = [
        migrations.AddField(
            model_name="flowversion",
            name="area",
            field=models.CharField(
                blank=True, default="", help_text="code of the area whose own it is; empty: the city's", max_length=20
            ),
        ),
        migrations.AddField(
            model_name="flowversion",
            name="said",
            field=wangge.common.ordered.OrderedJSONField(
                help_text="what the file of the area says: the rest is as the city's was", null=True
            ),
        ),
        migrations.AlterField(
            model_name="flowversion",
            name="document",
            field=wangge.common.ordered.OrderedJSONField(help_text="whole, whatever the area's file says of it"),
        ),
        migrations.AlterField(
            model_name="flowversion",
            name="valid_to",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.RemoveConstraint(model_name="flowversion", name="cases_flowversion_in_force"),
        migrations.AddConstraint(
            model_name="flowversion",
            constraint=models.UniqueConstraint(
                condition=Q(("valid_to__isnull", True)), fields=("area",), name="cases_flowversion_in_force"
            ),
        ),
        migrations.AddConstraint(
            model_name="flowversion",
            constraint=models.CheckConstraint(
                condition=Q(("area", ""), ("said__isnull", True))
                | Q(Q(("area", ""), _negated=True), ("said__isnull", False)),
                name="cases_flowversion_said",
            ),
        ),
    ]
