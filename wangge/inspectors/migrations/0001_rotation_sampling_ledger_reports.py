# SPDX-License-Identifier: Apache-2.0

import django.contrib.postgres.fields
import django.db.models.deletion
import wangge.common.ordered
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('cases', '0010_precedents'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='ReportingDay',
            fields=[
                ('day', models.DateField(primary_key=True, serialize=False)),
                ('reminded_at', models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name='DailyReport',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('unit', models.CharField(max_length=50)),
                ('day', models.DateField()),
                ('version', models.PositiveSmallIntegerField(help_text='1 = the first')),
                ('found', models.PositiveIntegerField()),
                ('late', models.BooleanField(help_text='after the time of day of the rules')),
                ('filed_at', models.DateTimeField()),
                ('key', models.UUIDField()),
                ('filed_by', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.CreateModel(
            name='InspectorRules',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('valid_from', models.DateTimeField()),
                ('valid_to', models.DateTimeField(blank=True, null=True)),
                ('code', models.CharField(max_length=30)),
                ('document', wangge.common.ordered.OrderedJSONField()),
            ],
            options={
                'constraints': [models.UniqueConstraint(condition=models.Q(('valid_to__isnull', True)), fields=('code',), name='inspectors_rules_in_force')],
            },
        ),
        migrations.CreateModel(
            name='Draw',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('since', models.DateField()),
                ('until', models.DateField()),
                ('area_path', models.CharField(db_collation='C', max_length=120)),
                ('seed', models.CharField(max_length=40)),
                ('counts', models.JSONField(help_text='{kind: {squad: [cases of the period, drawn]}}')),
                ('due_day', models.DateField()),
                ('drawn_at', models.DateTimeField()),
                ('delete_on', models.DateField()),
                ('key', models.UUIDField()),
                ('drawn_by', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('rules', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, to='inspectors.inspectorrules')),
            ],
        ),
        migrations.CreateModel(
            name='RotationPlan',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('grids', '分队内换网格'), ('squads', '换分队'), ('leaders', '分队长换分队')], max_length=10)),
                ('squad', models.CharField(blank=True, help_text='of kind grids: one squad; empty = all', max_length=50)),
                ('first_day', models.DateField(help_text='in force from this day of the city on')),
                ('state', models.CharField(choices=[('waiting', '等待编制'), ('computing', '编制中'), ('failed', '编制失败'), ('draft', '草案'), ('discarded', '已放弃'), ('published', '已批准，待生效'), ('withdrawn', '已撤销'), ('in_force', '已生效')], default='waiting', max_length=10)),
                ('loads', models.JSONField(default=dict, help_text='{grid: cases it weighs}')),
                ('figures', models.JSONField(default=dict, help_text='{squads: {squad: fairness}, unsolved: {squad: why}, seconds}')),
                ('done', models.PositiveIntegerField(default=0, help_text='squads computed')),
                ('total', models.PositiveIntegerField(default=0, help_text='squads to compute')),
                ('started_at', models.DateTimeField(null=True)),
                ('made_at', models.DateTimeField()),
                ('approved_at', models.DateTimeField(null=True)),
                ('ended_at', models.DateTimeField(help_text='given up, withdrawn or put in force', null=True)),
                ('key', models.UUIDField(help_text='made by the page: the same form sent twice is one plan')),
                ('approved_by', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('ended_by', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('made_by', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('rules', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, to='inspectors.inspectorrules')),
            ],
        ),
        migrations.CreateModel(
            name='RotationMove',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('from_squad', models.CharField(max_length=50)),
                ('from_grid', models.CharField(blank=True, max_length=30)),
                ('to_squad', models.CharField(max_length=50)),
                ('to_grid', models.CharField(blank=True, max_length=30)),
                ('avoided', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=50), default=list, size=None)),
                ('by_hand', models.BooleanField(default=False)),
                ('person', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('plan', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='moves', to='inspectors.rotationplan')),
            ],
        ),
        migrations.CreateModel(
            name='GridDuty',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('squad', models.CharField(max_length=50)),
                ('grid', models.CharField(max_length=30)),
                ('first_day', models.DateField()),
                ('last_day', models.DateField(null=True)),
                ('person', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='grid_duties', to=settings.AUTH_USER_MODEL)),
                ('plan', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, to='inspectors.rotationplan')),
            ],
        ),
        migrations.CreateModel(
            name='Sample',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('closed', '已结案'), ('simple', '简易案件'), ('rejected', '核实后未立案')], max_length=10)),
                ('squad', models.CharField(max_length=50)),
                ('result', models.CharField(blank=True, choices=[('', '待复查'), ('agreed', '相符'), ('wrong_report', '错报'), ('missed_report', '漏报')], max_length=15)),
                ('reason', models.TextField(blank=True)),
                ('rechecked_at', models.DateTimeField(null=True)),
                ('case', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='cases.case')),
                ('draw', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='samples', to='inspectors.draw')),
                ('found', models.ForeignKey(db_index=False, help_text='the case a missed matter was reported as', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='cases.case')),
                ('inspector', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('rechecked_by', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.CreateModel(
            name='SettledCount',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('grid', models.CharField(max_length=30)),
                ('class_code', models.CharField(max_length=30)),
                ('count', models.PositiveIntegerField()),
                ('report', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='settled', to='inspectors.dailyreport')),
            ],
        ),
        migrations.CreateModel(
            name='StaffFeedback',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('complaint', '投诉'), ('praise', '表扬')], max_length=10)),
                ('squad', models.CharField(max_length=50)),
                ('area_path', models.CharField(db_collation='C', max_length=120)),
                ('text', models.TextField()),
                ('taken_at', models.DateTimeField()),
                ('due_at', models.DateTimeField(help_text='none in a year without calendar data', null=True)),
                ('upheld', models.BooleanField(null=True)),
                ('answer', models.TextField(blank=True)),
                ('answered_at', models.DateTimeField(null=True)),
                ('delete_on', models.DateField()),
                ('key', models.UUIDField()),
                ('answered_by', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('case', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='cases.case')),
                ('taken_by', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.CreateModel(
            name='LedgerEntry',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('squad', models.CharField(max_length=50)),
                ('area_path', models.CharField(db_collation='C', max_length=120)),
                ('kind', models.CharField(choices=[('wrong_report', '错报'), ('missed_report', '漏报'), ('complaint', '投诉属实'), ('praise', '表扬')], max_length=15)),
                ('reason', models.TextField()),
                ('entered_at', models.DateTimeField()),
                ('appeal_until', models.DateField()),
                ('state', models.CharField(choices=[('standing', '已记录'), ('appealed', '申诉中'), ('confirmed', '申诉不成立，维持'), ('cancelled', '申诉成立，已取消')], default='standing', max_length=10)),
                ('appeal', models.TextField(blank=True)),
                ('appealed_at', models.DateTimeField(null=True)),
                ('ruling', models.TextField(blank=True)),
                ('ruled_at', models.DateTimeField(null=True)),
                ('delete_on', models.DateField()),
                ('key', models.UUIDField(help_text='of an entry made on its own page', null=True)),
                ('case', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='cases.case')),
                ('entered_by', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('person', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('ruled_by', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('rules', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, to='inspectors.inspectorrules')),
                ('sample', models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='entry', to='inspectors.sample')),
                ('feedback', models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='entry', to='inspectors.stafffeedback')),
            ],
        ),
        migrations.AddConstraint(
            model_name='dailyreport',
            constraint=models.UniqueConstraint(fields=('unit', 'day', 'version'), name='inspectors_daily_version'),
        ),
        migrations.AddConstraint(
            model_name='dailyreport',
            constraint=models.UniqueConstraint(fields=('key',), name='inspectors_daily_once'),
        ),
        migrations.AddConstraint(
            model_name='dailyreport',
            constraint=models.CheckConstraint(condition=models.Q(('version__gte', 1)), name='inspectors_daily_from_one'),
        ),
        migrations.AddConstraint(
            model_name='draw',
            constraint=models.UniqueConstraint(fields=('key',), name='inspectors_draw_once'),
        ),
        migrations.AddConstraint(
            model_name='draw',
            constraint=models.CheckConstraint(condition=models.Q(('since__lte', models.F('until'))), name='inspectors_draw_days'),
        ),
        migrations.AddIndex(
            model_name='rotationplan',
            index=models.Index(condition=models.Q(('state__in', ['waiting', 'computing', 'published'])), fields=['first_day'], name='inspectors_plan_waiting'),
        ),
        migrations.AddConstraint(
            model_name='rotationplan',
            constraint=models.UniqueConstraint(fields=('key',), name='inspectors_plan_once'),
        ),
        migrations.AddConstraint(
            model_name='rotationplan',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ['grids', 'squads', 'leaders'])), name='inspectors_plan_kind'),
        ),
        migrations.AddConstraint(
            model_name='rotationplan',
            constraint=models.CheckConstraint(condition=models.Q(('state__in', ['waiting', 'computing', 'failed', 'draft', 'discarded', 'published', 'withdrawn', 'in_force'])), name='inspectors_plan_state'),
        ),
        migrations.AddConstraint(
            model_name='rotationplan',
            constraint=models.CheckConstraint(condition=models.Q(('approved_by__isnull', True), models.Q(('approved_by', models.F('made_by')), _negated=True), _connector='OR'), name='inspectors_plan_two_people'),
        ),
        migrations.AddConstraint(
            model_name='rotationplan',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state__in', ['published', 'in_force']), _negated=True), ('approved_by__isnull', False), _connector='OR'), name='inspectors_plan_approved'),
        ),
        migrations.AddIndex(
            model_name='rotationmove',
            index=models.Index(fields=['person'], name='inspectors_move_person'),
        ),
        migrations.AddConstraint(
            model_name='rotationmove',
            constraint=models.UniqueConstraint(fields=('plan', 'person'), name='inspectors_move_once'),
        ),
        migrations.AddIndex(
            model_name='gridduty',
            index=models.Index(fields=['person', '-first_day'], name='inspectors_gridduty_person'),
        ),
        migrations.AddIndex(
            model_name='gridduty',
            index=models.Index(condition=models.Q(('last_day__isnull', True)), fields=['grid'], name='inspectors_gridduty_grid'),
        ),
        migrations.AddConstraint(
            model_name='gridduty',
            constraint=models.UniqueConstraint(condition=models.Q(('last_day__isnull', True)), fields=('person',), name='inspectors_gridduty_one'),
        ),
        migrations.AddConstraint(
            model_name='gridduty',
            constraint=models.CheckConstraint(condition=models.Q(('last_day__isnull', True), ('first_day__lte', models.F('last_day')), _connector='OR'), name='inspectors_gridduty_days'),
        ),
        migrations.AddConstraint(
            model_name='sample',
            constraint=models.UniqueConstraint(fields=('draw', 'case'), name='inspectors_sample_once'),
        ),
        migrations.AddConstraint(
            model_name='sample',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ['closed', 'simple', 'rejected'])), name='inspectors_sample_kind'),
        ),
        migrations.AddConstraint(
            model_name='sample',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('rechecked_by__isnull', True), ('result', '')), models.Q(('rechecked_by__isnull', False), ('result__in', ['agreed', 'wrong_report', 'missed_report'])), _connector='OR'), name='inspectors_sample_result'),
        ),
        migrations.AddConstraint(
            model_name='sample',
            constraint=models.CheckConstraint(condition=models.Q(('inspector__isnull', True), ('rechecked_by__isnull', True), models.Q(('inspector', models.F('rechecked_by')), _negated=True), _connector='OR'), name='inspectors_sample_two_people'),
        ),
        migrations.AddConstraint(
            model_name='settledcount',
            constraint=models.UniqueConstraint(fields=('report', 'grid', 'class_code'), name='inspectors_settled_once'),
        ),
        migrations.AddConstraint(
            model_name='settledcount',
            constraint=models.CheckConstraint(condition=models.Q(('count__gte', 1)), name='inspectors_settled_some'),
        ),
        migrations.AddIndex(
            model_name='stafffeedback',
            index=models.Index(fields=['-taken_at', '-id'], name='inspectors_feedback_newest'),
        ),
        migrations.AddIndex(
            model_name='stafffeedback',
            index=models.Index(fields=['delete_on'], name='inspectors_feedback_delete'),
        ),
        migrations.AddConstraint(
            model_name='stafffeedback',
            constraint=models.UniqueConstraint(fields=('key',), name='inspectors_feedback_once'),
        ),
        migrations.AddConstraint(
            model_name='stafffeedback',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ['complaint', 'praise'])), name='inspectors_feedback_kind'),
        ),
        migrations.AddConstraint(
            model_name='stafffeedback',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('answered_by__isnull', True), ('upheld__isnull', True)), models.Q(('answered_by__isnull', False), ('upheld__isnull', False)), _connector='OR'), name='inspectors_feedback_answered'),
        ),
        migrations.AddIndex(
            model_name='ledgerentry',
            index=models.Index(fields=['person', '-entered_at', '-id'], name='inspectors_entry_person'),
        ),
        migrations.AddIndex(
            model_name='ledgerentry',
            index=models.Index(fields=['-entered_at', '-id'], name='inspectors_entry_newest'),
        ),
        migrations.AddIndex(
            model_name='ledgerentry',
            index=models.Index(fields=['delete_on'], name='inspectors_entry_delete'),
        ),
        migrations.AddConstraint(
            model_name='ledgerentry',
            constraint=models.UniqueConstraint(fields=('key',), name='inspectors_entry_once'),
        ),
        migrations.AddConstraint(
            model_name='ledgerentry',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ['wrong_report', 'missed_report', 'complaint', 'praise'])), name='inspectors_entry_kind'),
        ),
        migrations.AddConstraint(
            model_name='ledgerentry',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('ruled_by__isnull', True), ('state__in', ['standing', 'appealed'])), models.Q(('ruled_by__isnull', False), ('state__in', ['confirmed', 'cancelled'])), _connector='OR'), name='inspectors_entry_state'),
        ),
        migrations.AddConstraint(
            model_name='ledgerentry',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('entered_by', models.F('person')), _negated=True), models.Q(('ruled_by__isnull', True), models.Q(models.Q(('ruled_by', models.F('entered_by')), _negated=True), models.Q(('ruled_by', models.F('person')), _negated=True)), _connector='OR')), name='inspectors_entry_two_people'),
        ),
    ]
