# SPDX-License-Identifier: Apache-2.0
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('cases', '0017_figures_of_records'),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name='siderecord',
            name='cases_siderecord_one_open',
        ),
        migrations.RemoveConstraint(
            model_name='task',
            name='cases_task_one_open',
        ),
        migrations.AddConstraint(
            model_name='siderecord',
            constraint=models.UniqueConstraint(condition=models.Q(('ended_at__isnull', True), models.Q(('kind__in', ('consultation',)), _negated=True)), fields=('case', 'kind'), name='cases_siderecord_one_open'),
        ),
        migrations.AddConstraint(
            model_name='siderecord',
            constraint=models.UniqueConstraint(condition=models.Q(('ended_at__isnull', True), ('kind__in', ('consultation',))), fields=('case', 'kind', 'unit'), name='cases_siderecord_one_open_a_unit'),
        ),
        migrations.AddConstraint(
            model_name='task',
            constraint=models.UniqueConstraint(condition=models.Q(('closed_at__isnull', True)), fields=('case', 'stage', 'unit_path'), name='cases_task_one_open'),
        ),
    ]
