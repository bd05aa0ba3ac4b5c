# SPDX-License-Identifier: Apache-2.0

from django.db import migrations, models

import wangge.common.ordered


class Migration(migrations.Migration):

    dependencies = [
        ('catalog', '0003_generations'),
    ]

    operations = [
        migrations.AddField(
            model_name='generation',
            name='filing',
            field=models.BooleanField(default=True, help_text='cases are filed under its classes; else for reference and mapping only'),
            preserve_default=False,
        ),
        migrations.AlterField(
            model_name='form',
            name='fields',
            field=wangge.common.ordered.OrderedJSONField(help_text='JSON Schema of an object'),
        ),
    ]
