# SPDX-License-Identifier: Apache-2.0
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('grids', '0001_initial'),
    ]

    operations = [
        migrations.AddField(
            model_name='area',
            name='grade',
            field=models.CharField(blank=True, help_text='which norms hold there; empty: as the area above', max_length=30),
        ),
    ]
