# SPDX-License-Identifier: Apache-2.0

import django.contrib.postgres.fields
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('catalog', '0002_search'),
    ]

    operations = [
        migrations.CreateModel(
            name='ClassMapping',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('valid_from', models.DateTimeField()),
                ('valid_to', models.DateTimeField(blank=True, null=True)),
                ('class_code', models.CharField(max_length=30)),
                ('other', models.CharField(max_length=30)),
                ('relation', models.CharField(choices=[('same', '相同'), ('narrower', '属于'), ('broader', '包含')], max_length=10)),
                ('source', models.CharField(blank=True, max_length=300)),
            ],
        ),
        migrations.CreateModel(
            name='Form',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('valid_from', models.DateTimeField()),
                ('valid_to', models.DateTimeField(blank=True, null=True)),
                ('class_code', models.CharField(max_length=30)),
                ('area', models.CharField(blank=True, max_length=20)),
                ('use', models.CharField(choices=[('report', '上报'), ('handle', '处置'), ('check', '核查'), ('visit', '上门检查')], max_length=10)),
                ('title_zh', models.CharField(max_length=100)),
                ('title_en', models.CharField(max_length=100)),
                ('fields', models.JSONField(help_text='JSON Schema of an object')),
            ],
        ),
        migrations.CreateModel(
            name='Generation',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('valid_from', models.DateTimeField()),
                ('valid_to', models.DateTimeField(blank=True, null=True)),
                ('code', models.CharField(max_length=30)),
                ('name_zh', models.CharField(max_length=100)),
                ('name_en', models.CharField(max_length=200)),
                ('source', models.CharField(blank=True, max_length=300)),
            ],
        ),
        migrations.CreateModel(
            name='Module',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('valid_from', models.DateTimeField()),
                ('valid_to', models.DateTimeField(blank=True, null=True)),
                ('code', models.CharField(max_length=30)),
                ('name_zh', models.CharField(max_length=100)),
                ('name_en', models.CharField(max_length=200)),
                ('source', models.CharField(blank=True, max_length=300)),
            ],
        ),
        migrations.CreateModel(
            name='Procedure',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('valid_from', models.DateTimeField()),
                ('valid_to', models.DateTimeField(blank=True, null=True)),
                ('class_code', models.CharField(max_length=30)),
                ('reviewed_zh', models.CharField(max_length=500)),
                ('reviewed_en', models.CharField(max_length=500)),
                ('basis_zh', models.CharField(blank=True, max_length=300)),
                ('basis_en', models.CharField(blank=True, max_length=300)),
                ('source', models.CharField(blank=True, max_length=300)),
            ],
        ),
        migrations.RemoveConstraint(
            model_name='catalogclass',
            name='catalog_class_kind',
        ),
        migrations.AddField(
            model_name='catalogclass',
            name='generation',
            field=models.CharField(default='', max_length=30),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name='norm',
            name='arrive_clock',
            field=models.CharField(blank=True, max_length=20),
        ),
        migrations.AddField(
            model_name='norm',
            name='arrive_limit',
            field=models.PositiveIntegerField(help_text='in units of `arrive_clock`', null=True),
        ),
        migrations.AddField(
            model_name='norm',
            name='assist_kinds',
            field=django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=20), blank=True, default=list, size=None),
        ),
        migrations.AddField(
            model_name='norm',
            name='lead_kinds',
            field=django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=20), blank=True, default=list, size=None),
        ),
        migrations.AddField(
            model_name='norm',
            name='safe_clock',
            field=models.CharField(blank=True, max_length=20),
        ),
        migrations.AddField(
            model_name='norm',
            name='safe_en',
            field=models.CharField(blank=True, max_length=300),
        ),
        migrations.AddField(
            model_name='norm',
            name='safe_limit',
            field=models.PositiveIntegerField(help_text='in units of `safe_clock`', null=True),
        ),
        migrations.AddField(
            model_name='norm',
            name='safe_zh',
            field=models.CharField(blank=True, max_length=300),
        ),
        migrations.AlterField(
            model_name='catalogclass',
            name='kind',
            field=models.CharField(choices=[('component', '部件'), ('event', '事件'), ('service', '服务'), ('hazard', '隐患'), ('dispute', '纠纷'), ('campaign', '专项')], max_length=10),
        ),
        migrations.AlterField(
            model_name='catalogclass',
            name='module',
            field=models.CharField(max_length=30),
        ),
        migrations.AddConstraint(
            model_name='catalogclass',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ['component', 'event', 'service', 'hazard', 'dispute', 'campaign'])), name='catalog_class_kind'),
        ),
        migrations.AddConstraint(
            model_name='norm',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('arrive_clock__in', ('urgent_minute', 'urgent_hour', 'urgent_day', 'work_hour', 'work_day', 'natural_day')), ('arrive_limit__gt', 0)), models.Q(('arrive_clock', ''), ('arrive_limit__isnull', True)), _connector='OR'), name='catalog_norm_arrive'),
        ),
        migrations.AddConstraint(
            model_name='norm',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('safe_clock__in', ('urgent_minute', 'urgent_hour', 'urgent_day', 'work_hour', 'work_day', 'natural_day')), ('safe_limit__gt', 0)), models.Q(('safe_clock', ''), ('safe_limit__isnull', True)), _connector='OR'), name='catalog_norm_safe'),
        ),
        migrations.AddConstraint(
            model_name='classmapping',
            constraint=models.UniqueConstraint(condition=models.Q(('valid_to__isnull', True)), fields=('class_code', 'other'), name='catalog_classmapping_in_force'),
        ),
        migrations.AddConstraint(
            model_name='classmapping',
            constraint=models.CheckConstraint(condition=models.Q(('relation__in', ['same', 'narrower', 'broader'])), name='catalog_classmapping_relation'),
        ),
        migrations.AddConstraint(
            model_name='form',
            constraint=models.UniqueConstraint(condition=models.Q(('valid_to__isnull', True)), fields=('class_code', 'area', 'use'), name='catalog_form_in_force'),
        ),
        migrations.AddConstraint(
            model_name='form',
            constraint=models.CheckConstraint(condition=models.Q(('use__in', ['report', 'handle', 'check', 'visit'])), name='catalog_form_use'),
        ),
        migrations.AddConstraint(
            model_name='generation',
            constraint=models.UniqueConstraint(condition=models.Q(('valid_to__isnull', True)), fields=('code',), name='catalog_generation_in_force'),
        ),
        migrations.AddConstraint(
            model_name='module',
            constraint=models.UniqueConstraint(condition=models.Q(('valid_to__isnull', True)), fields=('code',), name='catalog_module_in_force'),
        ),
        migrations.AddConstraint(
            model_name='procedure',
            constraint=models.UniqueConstraint(condition=models.Q(('valid_to__isnull', True)), fields=('class_code',), name='catalog_procedure_in_force'),
        ),
    ]
