# SPDX-License-Identifier: Apache-2.0
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('cases', '0026_tasks_by_pool'),
        ('catalog', '0005_searched_in_memory'),
        ('grids', '0002_area_grades'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RemoveIndex(
            model_name='case',
            name='cases_case_newest',
        ),
        migrations.RemoveIndex(
            model_name='case',
            name='cases_case_duplicates',
        ),
        migrations.AddIndex(
            model_name='case',
            index=models.Index(fields=['-reported_at', '-id'], include=('area_path', 'reporter', 'squad'), name='cases_case_newest'),
        ),
        migrations.AddIndex(
            model_name='case',
            index=models.Index(condition=models.Q(('class_code', ''), _negated=True), fields=['class_code', '-reported_at', '-id'], include=('area_path', 'reporter', 'squad'), name='cases_case_class'),
        ),
    ]
