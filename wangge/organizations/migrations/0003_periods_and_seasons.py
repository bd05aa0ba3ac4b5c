# SPDX-License-Identifier: Apache-2.0

import django.contrib.postgres.fields
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('organizations', '0002_rights_of_sign_in'),
    ]

    operations = [
        migrations.CreateModel(
            name='AreaProfile',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('valid_from', models.DateTimeField()),
                ('valid_to', models.DateTimeField(blank=True, null=True)),
                ('area', models.CharField(max_length=20)),
                ('flow', models.CharField(blank=True, max_length=30)),
                ('classes', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=30), blank=True, default=list, size=None)),
                ('source', models.CharField(blank=True, max_length=300)),
            ],
        ),
        migrations.CreateModel(
            name='CommandLevel',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('valid_from', models.DateTimeField()),
                ('valid_to', models.DateTimeField(blank=True, null=True)),
                ('class_code', models.CharField(max_length=30)),
                ('level', models.CharField(max_length=20)),
                ('source', models.CharField(blank=True, max_length=300)),
            ],
        ),
        migrations.RemoveConstraint(
            model_name='responsibility',
            name='organizations_responsibility_in_force',
        ),
        migrations.AddField(
            model_name='calendarversion',
            name='name_en',
            field=models.CharField(default='', max_length=50),
        ),
        migrations.AddField(
            model_name='calendarversion',
            name='name_zh',
            field=models.CharField(default='', max_length=50),
        ),
        migrations.AddField(
            model_name='calendarversion',
            name='seasons',
            field=models.JSONField(default=list),
        ),
        migrations.AddField(
            model_name='calendarversion',
            name='unit_kinds',
            field=django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=20), blank=True, default=list, size=None),
        ),
        migrations.AddField(
            model_name='responsibility',
            name='first_day',
            field=models.DateField(null=True),
        ),
        migrations.AddField(
            model_name='responsibility',
            name='last_day',
            field=models.DateField(null=True),
        ),
        migrations.AddConstraint(
            model_name='responsibility',
            constraint=models.UniqueConstraint(condition=models.Q(('valid_to__isnull', True)), fields=('class_code', 'place', 'owner', 'first_day'), name='organizations_responsibility_in_force', nulls_distinct=False),
        ),
        migrations.AddConstraint(
            model_name='responsibility',
            constraint=models.CheckConstraint(condition=models.Q(('first_day__isnull', True), ('last_day__isnull', True), ('first_day__lte', models.F('last_day')), _connector='OR'), name='organizations_responsibility_days'),
        ),
        migrations.AddConstraint(
            model_name='areaprofile',
            constraint=models.UniqueConstraint(condition=models.Q(('valid_to__isnull', True)), fields=('area',), name='organizations_areaprofile_in_force'),
        ),
        migrations.AddConstraint(
            model_name='commandlevel',
            constraint=models.UniqueConstraint(condition=models.Q(('valid_to__isnull', True)), fields=('class_code',), name='organizations_commandlevel_in_force'),
        ),
    ]
