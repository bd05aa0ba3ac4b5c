# SPDX-License-Identifier: Apache-2.0
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('cases', '0006_units_that_see'),
        ('catalog', '0002_search'),
        ('grids', '0001_initial'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddIndex(
            model_name='case',
            index=models.Index(fields=['channel', '-reported_at', '-id'], name='cases_case_channel'),
        ),
        migrations.AddIndex(
            model_name='case',
            index=models.Index(condition=models.Q(('state', 'closed'), _negated=True), fields=['state', '-reported_at', '-id'], name='cases_case_rare_state'),
        ),
    ]
