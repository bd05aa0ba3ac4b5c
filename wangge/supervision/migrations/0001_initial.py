# SPDX-License-Identifier: Apache-2.0

import django.contrib.postgres.fields
import django.contrib.postgres.indexes
import django.db.models.deletion
import wangge.common.ordered
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('cases', '0011_side_records'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='OversightVersion',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('valid_from', models.DateTimeField()),
                ('valid_to', models.DateTimeField(blank=True, null=True)),
                ('code', models.CharField(max_length=30)),
                ('document', wangge.common.ordered.OrderedJSONField()),
            ],
            options={
                'constraints': [models.UniqueConstraint(condition=models.Q(('valid_to__isnull', True)), fields=('code',), name='supervision_version_in_force')],
            },
        ),
        migrations.CreateModel(
            name='Paper',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.UUIDField(help_text='made by the page: the same form sent twice is one paper')),
                ('kind', models.CharField(choices=[('bulletin', '每周通报'), ('special_meeting', '专题会'), ('regular_meeting', '条块例会'), ('accountability', '问责通知'), ('inspection', '专项督查')], max_length=20)),
                ('title', models.CharField(max_length=100)),
                ('text', models.TextField(blank=True, help_text='introduction, minutes, grounds or findings; no resident')),
                ('place', models.CharField(blank=True, max_length=100)),
                ('first_day', models.DateField(help_text='of the week, of the inspection; of the meeting')),
                ('last_day', models.DateField()),
                ('units', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=50), default=list, help_text='named, present or inspected', size=None)),
                ('area_path', models.CharField(db_collation='C', max_length=120)),
                ('state', models.CharField(choices=[('draft', '草稿'), ('issued', '已印发'), ('discarded', '已作废')], default='draft', max_length=10)),
                ('edition', models.PositiveIntegerField(default=1, help_text='rises with each change: what is issued is what was seen')),
                ('editors', django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField(), default=list, size=None)),
                ('drafted_at', models.DateTimeField()),
                ('issued_at', models.DateTimeField(null=True)),
                ('drafted_by', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('issued_by', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.CreateModel(
            name='Demand',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('unit', models.CharField(max_length=50)),
                ('text', models.CharField(blank=True, help_text='what is to be done; empty = a written explanation', max_length=500)),
                ('due_day', models.DateField(help_text='the day named; without one the limit of the kind of paper', null=True)),
                ('due_at', models.DateTimeField(null=True)),
                ('state', models.CharField(choices=[('drafted', '随文书印发'), ('open', '待答复'), ('answered', '待审核'), ('accepted', '已完成')], default='drafted', max_length=10)),
                ('seq', models.PositiveIntegerField(default=0, help_text='of its newest entry')),
                ('accepted_at', models.DateTimeField(null=True)),
                ('urged_at', models.DateTimeField(help_text='told that it is overdue', null=True)),
                ('paper', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='demands', to='supervision.paper')),
            ],
        ),
        migrations.CreateModel(
            name='PaperCase',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('unit', models.CharField(blank=True, help_text='its lead unit when it was cited', max_length=50)),
                ('why', models.CharField(blank=True, help_text='unsatisfied, overdue, repeated; empty = chosen by hand', max_length=30)),
                ('case', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='cases.case')),
                ('paper', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='cited', to='supervision.paper')),
            ],
        ),
        migrations.CreateModel(
            name='Reached',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('task_id', models.BigIntegerField()),
                ('rung', models.CharField(max_length=30)),
                ('kind', models.CharField(choices=[('reminder', '提醒'), ('urging', '催办'), ('order', '建议督办')], max_length=10)),
                ('unit', models.CharField(blank=True, help_text='the lead unit then', max_length=50)),
                ('due_at', models.DateTimeField()),
                ('at', models.DateTimeField()),
                ('case', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='cases.case')),
            ],
        ),
        migrations.CreateModel(
            name='Recurrence',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('class_code', models.CharField(max_length=30)),
                ('cases', django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField(), help_text='newest first, `case` the first', size=None)),
                ('area_path', models.CharField(db_collation='C', max_length=120)),
                ('unit', models.CharField(blank=True, max_length=50)),
                ('times', models.PositiveIntegerField()),
                ('first_at', models.DateTimeField()),
                ('last_at', models.DateTimeField()),
                ('case', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='cases.case')),
            ],
        ),
        migrations.CreateModel(
            name='Sitting',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('began_at', models.DateTimeField()),
                ('ended_at', models.DateTimeField(null=True)),
                ('remark', models.CharField(blank=True, max_length=300)),
                ('kept_by', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('leader', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.CreateModel(
            name='OrderDetail',
            fields=[
                ('record', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, primary_key=True, related_name='order_detail', serialize=False, to='cases.siderecord')),
                ('second_unit', models.CharField(blank=True, help_text='三方联合督办: the other unit, beside the centre', max_length=50)),
                ('meeting', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='orders', to='supervision.paper')),
                ('sitting', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='orders', to='supervision.sitting')),
            ],
        ),
        migrations.CreateModel(
            name='Campaign',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.UUIDField(help_text='made by the page: the same form sent twice is one campaign')),
                ('title', models.CharField(max_length=100)),
                ('text', models.TextField(blank=True)),
                ('first_day', models.DateField()),
                ('last_day', models.DateField()),
                ('areas', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=20), help_text='codes; with all below them', size=None)),
                ('classes', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=30), help_text='codes; with all below them', size=None)),
                ('checklist', models.CharField(blank=True, help_text='class whose checklist of visits is its own', max_length=30)),
                ('area_path', models.CharField(db_collation='C', help_text='of whoever set it up', max_length=120)),
                ('set_at', models.DateTimeField()),
                ('set_by', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'indexes': [models.Index(fields=['-set_at', '-id'], name='supervision_campaign_newest')],
                'constraints': [models.UniqueConstraint(fields=('key',), name='supervision_campaign_once'), models.CheckConstraint(condition=models.Q(('first_day__lte', models.F('last_day'))), name='supervision_campaign_days')],
            },
        ),
        migrations.CreateModel(
            name='DemandEntry',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('seq', models.PositiveIntegerField()),
                ('step', models.CharField(choices=[('answer', '答复'), ('accept', '通过'), ('send_back', '退回')], max_length=10)),
                ('text', models.TextField(blank=True)),
                ('at', models.DateTimeField()),
                ('demand', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='entries', to='supervision.demand')),
                ('person', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('demand', 'seq'), name='supervision_demandentry_once'), models.CheckConstraint(condition=models.Q(('step__in', ['answer', 'accept', 'send_back'])), name='supervision_demandentry_step')],
            },
        ),
        migrations.AddIndex(
            model_name='paper',
            index=models.Index(fields=['-drafted_at', '-id'], name='supervision_paper_newest'),
        ),
        migrations.AddIndex(
            model_name='paper',
            index=models.Index(fields=['kind', '-drafted_at', '-id'], name='supervision_paper_kind_newest'),
        ),
        migrations.AddIndex(
            model_name='paper',
            index=django.contrib.postgres.indexes.GinIndex(fields=['units'], name='supervision_paper_units'),
        ),
        migrations.AddConstraint(
            model_name='paper',
            constraint=models.UniqueConstraint(fields=('key',), name='supervision_paper_once'),
        ),
        migrations.AddConstraint(
            model_name='paper',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ['bulletin', 'special_meeting', 'regular_meeting', 'accountability', 'inspection'])), name='supervision_paper_kind'),
        ),
        migrations.AddConstraint(
            model_name='paper',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('issued_at__isnull', False), ('issued_by__isnull', False), ('state', 'issued')), models.Q(('issued_at__isnull', True), ('issued_by__isnull', True), ('state__in', ['draft', 'discarded'])), _connector='OR'), name='supervision_paper_issued'),
        ),
        migrations.AddConstraint(
            model_name='paper',
            constraint=models.CheckConstraint(condition=models.Q(('issued_by__isnull', True), models.Q(('issued_by', models.F('drafted_by')), _negated=True), _connector='OR'), name='supervision_paper_second_person'),
        ),
        migrations.AddConstraint(
            model_name='paper',
            constraint=models.CheckConstraint(condition=models.Q(('first_day__lte', models.F('last_day'))), name='supervision_paper_days'),
        ),
        migrations.AddIndex(
            model_name='demand',
            index=models.Index(condition=models.Q(('state__in', ['open', 'answered'])), fields=['due_at', 'id'], name='supervision_demand_open'),
        ),
        migrations.AddIndex(
            model_name='demand',
            index=models.Index(fields=['unit', 'due_at', 'id'], name='supervision_demand_unit'),
        ),
        migrations.AddConstraint(
            model_name='demand',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('due_at__isnull', True), ('state', 'drafted')), models.Q(('due_at__isnull', False), ('state__in', ['open', 'answered', 'accepted'])), _connector='OR'), name='supervision_demand_due'),
        ),
        migrations.AddConstraint(
            model_name='papercase',
            constraint=models.UniqueConstraint(fields=('paper', 'case'), name='supervision_papercase_once'),
        ),
        migrations.AddIndex(
            model_name='reached',
            index=models.Index(condition=models.Q(('kind', 'order')), fields=['-at', '-id'], name='supervision_proposed'),
        ),
        migrations.AddIndex(
            model_name='reached',
            index=models.Index(fields=['unit', '-at'], name='supervision_reached_unit'),
        ),
        migrations.AddConstraint(
            model_name='reached',
            constraint=models.UniqueConstraint(fields=('case', 'task_id', 'due_at', 'rung'), name='supervision_reached_once'),
        ),
        migrations.AddConstraint(
            model_name='reached',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ['reminder', 'urging', 'order'])), name='supervision_reached_kind'),
        ),
        migrations.AddIndex(
            model_name='recurrence',
            index=models.Index(fields=['area_path', '-times', '-id'], name='supervision_recurrence_area'),
        ),
        migrations.AddConstraint(
            model_name='recurrence',
            constraint=models.UniqueConstraint(fields=('case',), name='supervision_recurrence_once'),
        ),
        migrations.AddIndex(
            model_name='sitting',
            index=models.Index(fields=['-began_at', '-id'], name='supervision_sitting_newest'),
        ),
        migrations.AddConstraint(
            model_name='sitting',
            constraint=models.UniqueConstraint(fields=('leader', 'began_at'), name='supervision_sitting_once'),
        ),
        migrations.AddConstraint(
            model_name='sitting',
            constraint=models.CheckConstraint(condition=models.Q(('ended_at__isnull', True), ('ended_at__gte', models.F('began_at')), _connector='OR'), name='supervision_sitting_ends_after'),
        ),
        migrations.AddIndex(
            model_name='orderdetail',
            index=models.Index(condition=models.Q(('second_unit', ''), _negated=True), fields=['second_unit'], name='supervision_order_second'),
        ),
    ]
