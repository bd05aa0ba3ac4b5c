# SPDX-License-Identifier: Apache-2.0

from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('cases', '0030_steps_taken_back'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name='siderecord',
            name='cases_siderecord_ruling',
        ),
        migrations.AlterField(
            model_name='siderecord',
            name='ruling',
            field=models.CharField(blank=True, choices=[('', '—'), ('granted', '准予'), ('refused', '不准'), ('final', '终裁不准'), ('lapsed', '自行终止'), ('withdrawn', '撤销')], default='', max_length=10),
        ),
        migrations.AddConstraint(
            model_name='siderecord',
            constraint=models.CheckConstraint(condition=models.Q(('ruling__in', ['', 'granted', 'refused', 'final', 'lapsed', 'withdrawn'])), name='cases_siderecord_ruling'),
        ),
    ]
