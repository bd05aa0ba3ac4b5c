# SPDX-License-Identifier: Apache-2.0

from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('notices', '0003_lean_indexes'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddConstraint(
            model_name='notice',
            constraint=models.UniqueConstraint(condition=models.Q(('template', 'row_invalid')), fields=('recipient', 'facts'), name='notices_notice_row_once'),
        ),
    ]
