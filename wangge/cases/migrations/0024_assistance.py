# SPDX-License-Identifier: Apache-2.0
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('cases', '0023_callback_tries'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name='siderecord',
            name='cases_siderecord_kind',
        ),
        migrations.RemoveConstraint(
            model_name='siderecord',
            name='cases_siderecord_one_open',
        ),
        migrations.RemoveConstraint(
            model_name='siderecord',
            name='cases_siderecord_one_open_a_unit',
        ),
        migrations.AddConstraint(
            model_name='siderecord',
            constraint=models.UniqueConstraint(condition=models.Q(('ended_at__isnull', True), models.Q(('kind__in', ('consultation', 'assistance')), _negated=True)), fields=('case', 'kind'), name='cases_siderecord_one_open'),
        ),
        migrations.AddConstraint(
            model_name='siderecord',
            constraint=models.UniqueConstraint(condition=models.Q(('ended_at__isnull', True), ('kind__in', ('consultation', 'assistance'))), fields=('case', 'kind', 'unit'), name='cases_siderecord_one_open_a_unit'),
        ),
        migrations.AddConstraint(
            model_name='siderecord',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ['return', 'escalation', 'extension', 'suspension', 'consultation', 'supervision', 'overdue_appeal', 'correction', 'reward', 'assistance'])), name='cases_siderecord_kind'),
        ),
    ]
