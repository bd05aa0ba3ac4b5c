# SPDX-License-Identifier: Apache-2.0
import django.db.models.deletion
from django.db import migrations, models


RIGHTS = "GRANT INSERT ON inspectors_reminded TO wangge_worker;"


class Migration(migrations.Migration):

    dependencies = [
        ('inspectors', '0004_reminded_once'),
        ('common', '0001_roles_and_functions'),
    ]

    operations = [
        migrations.CreateModel(
            name='Reminded',
            fields=[
                ('subject', models.CharField(db_collation='C', max_length=200, primary_key=True, serialize=False)),
                ('at', models.DateTimeField()),
            ],
        ),
        migrations.AlterField(
            model_name='gridduty',
            name='plan',
            field=models.ForeignKey(db_index=False, help_text='none: as at the start, by the pack', null=True, on_delete=django.db.models.deletion.PROTECT, to='inspectors.rotationplan'),
        ),
        migrations.RunSQL(RIGHTS, migrations.RunSQL.noop),
    ]
