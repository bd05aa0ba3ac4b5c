# SPDX-License-Identifier: Apache-2.0

from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [
        ('organizations', '0005_rights_of_the_roster'),
    ]

    operations = [
        migrations.RemoveField(
            model_name='areaprofile',
            name='flow',
        ),
    ]
