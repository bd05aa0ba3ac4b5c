# SPDX-License-Identifier: Apache-2.0
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('cases', '0012_parts_and_states'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name='siderecord',
            name='cases_siderecord_kind',
        ),
        migrations.AlterField(
            model_name='siderecord',
            name='amount',
            field=models.PositiveIntegerField(help_text="of an extension units of the norm's clock, of a reward yuan", null=True),
        ),
        migrations.AddConstraint(
            model_name='siderecord',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ['return', 'escalation', 'extension', 'suspension', 'consultation', 'supervision', 'overdue_appeal', 'correction', 'reward'])), name='cases_siderecord_kind'),
        ),
    ]
