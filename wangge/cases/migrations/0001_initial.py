# SPDX-License-Identifier: Apache-2.0

import django.db.models.deletion
import wangge.cases.models.case
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('catalog', '0002_search'),
        ('grids', '0001_initial'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='LogEntry',
            fields=[
                ('pk', models.CompositePrimaryKey('id', 'recorded_at', blank=True, editable=False, primary_key=True, serialize=False)),
                ('id', models.BigIntegerField()),
                ('seq', models.PositiveIntegerField()),
                ('step', models.CharField(max_length=30)),
                ('result', models.CharField(blank=True, max_length=30)),
                ('from_state', models.CharField(max_length=15)),
                ('to_state', models.CharField(max_length=15)),
                ('post', models.CharField(max_length=30)),
                ('hand', models.CharField(max_length=10)),
                ('origin', models.CharField(choices=[('live', '实际办理'), ('replayed', '历史数据回放'), ('generated', '演示生成')], max_length=10)),
                ('at', models.DateTimeField(help_text='when it happened')),
                ('recorded_at', models.DateTimeField(help_text='when the server recorded it')),
                ('data', models.JSONField(help_text='ids, codes, digests of texts and photos')),
                ('digest', models.BinaryField()),
            ],
            options={
                'db_table': 'cases_logentry',
                'managed': False,
            },
        ),
        migrations.CreateModel(
            name='Channel',
            fields=[
                ('code', models.CharField(max_length=30, primary_key=True, serialize=False)),
                ('name_zh', models.CharField(max_length=50)),
                ('name_en', models.CharField(max_length=50)),
                ('callback', models.BooleanField()),
                ('external', models.BooleanField()),
            ],
        ),
        migrations.CreateModel(
            name='FlowVersion',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.CharField(max_length=30)),
                ('document', wangge.cases.models.case.OrderedJSONField()),
                ('valid_from', models.DateTimeField()),
                ('valid_to', models.DateTimeField(null=True)),
            ],
            options={
                'constraints': [models.UniqueConstraint(condition=models.Q(('valid_to__isnull', True)), fields=('code',), name='cases_flowversion_in_force')],
            },
        ),
        migrations.CreateModel(
            name='Case',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.CharField(max_length=40, unique=True)),
                ('external_id', models.CharField(blank=True, max_length=80)),
                ('origin', models.CharField(choices=[('live', '实际办理'), ('replayed', '历史数据回放'), ('generated', '演示生成')], default='live', max_length=10)),
                ('state', models.CharField(choices=[('reported', 'reported'), ('verifying', 'verifying'), ('accepted', 'accepted'), ('filed', 'filed'), ('dispatched', 'dispatched'), ('handling', 'handling'), ('handled', 'handled'), ('checking', 'checking'), ('callback', 'callback'), ('investigating', 'investigating'), ('closing', 'closing'), ('closed', 'closed'), ('rejected', 'rejected'), ('void', 'void'), ('merged', 'merged'), ('transferred', 'transferred')], max_length=15)),
                ('class_code', models.CharField(blank=True, max_length=30)),
                ('lon', models.FloatField(help_text='degrees, WGS84', null=True)),
                ('lat', models.FloatField(help_text='degrees, WGS84', null=True)),
                ('position', models.JSONField(help_text='as given: {lon, lat, system, accuracy_m}', null=True)),
                ('outside', models.BooleanField(default=False, help_text='no grid holds the position, or there is none')),
                ('area_path', models.CharField(db_collation='C', max_length=120)),
                ('command_path', models.CharField(db_collation='C', help_text='area that commands the case now', max_length=120)),
                ('squad', models.CharField(blank=True, help_text='unit code of the squad that walks the grid', max_length=50)),
                ('owner', models.CharField(blank=True, help_text='unit that owns the component, where known', max_length=50)),
                ('route', models.JSONField(help_text='which row of the matrix fired and why: see routing.Decision', null=True)),
                ('lead_unit', models.CharField(blank=True, max_length=50)),
                ('lead_unit_path', models.CharField(blank=True, db_collation='C', max_length=200)),
                ('reported_at', models.DateTimeField()),
                ('filed_at', models.DateTimeField(null=True)),
                ('dispatched_at', models.DateTimeField(help_text='the case clock of the present unit runs from here', null=True)),
                ('yellow_at', models.DateTimeField(help_text='the light turns yellow; red at `due_at`', null=True)),
                ('due_at', models.DateTimeField(null=True)),
                ('finished_at', models.DateTimeField(null=True)),
                ('closed_at', models.DateTimeField(null=True)),
                ('calendar_missing', models.BooleanField(default=False, help_text='a due moment falls in a year without calendar data')),
                ('closing', models.CharField(blank=True, choices=[('', '—'), ('solved', '解决'), ('explained', '解释说明'), ('forced', '强制')], max_length=10)),
                ('rework_count', models.PositiveSmallIntegerField(default=0)),
                ('return_count', models.PositiveSmallIntegerField(default=0)),
                ('unsatisfied_count', models.PositiveSmallIntegerField(default=0)),
                ('reopened_count', models.PositiveSmallIntegerField(default=0)),
                ('callback_tries', models.PositiveSmallIntegerField(default=0)),
                ('last_at', models.DateTimeField(help_text='`at` of the newest log entry')),
                ('log_seq', models.PositiveIntegerField(default=0)),
                ('log_digest', models.BinaryField()),
                ('class_version', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, to='catalog.catalogclass')),
                ('handler', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('merged_into', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='merged', to='cases.case')),
                ('norm', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, to='catalog.norm')),
                ('reporter', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='reported_cases', to=settings.AUTH_USER_MODEL)),
                ('supervision_grid', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='grids.grid')),
                ('unit_grid', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='grids.grid')),
                ('channel', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, to='cases.channel')),
                ('flow', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, to='cases.flowversion')),
            ],
        ),
        migrations.CreateModel(
            name='IdempotencyKey',
            fields=[
                ('key', models.UUIDField(primary_key=True, serialize=False)),
                ('request_digest', models.CharField(max_length=64)),
                ('case_id', models.BigIntegerField(null=True)),
                ('seq', models.PositiveIntegerField(null=True)),
                ('created_at', models.DateTimeField()),
                ('actor', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.CreateModel(
            name='Photo',
            fields=[
                ('id', models.UUIDField(primary_key=True, serialize=False)),
                ('seq', models.PositiveIntegerField(null=True)),
                ('file', models.CharField(max_length=100)),
                ('sha256', models.CharField(max_length=64)),
                ('width', models.PositiveIntegerField()),
                ('height', models.PositiveIntegerField()),
                ('size', models.PositiveIntegerField(help_text='bytes')),
                ('uploaded_at', models.DateTimeField()),
                ('case', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='photos', to='cases.case')),
                ('uploaded_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.CreateModel(
            name='Task',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('stage', models.CharField(max_length=30)),
                ('post', models.CharField(max_length=30)),
                ('unit_path', models.CharField(blank=True, db_collation='C', max_length=200)),
                ('area_path', models.CharField(db_collation='C', max_length=120)),
                ('opened_at', models.DateTimeField()),
                ('yellow_at', models.DateTimeField(help_text='the light turns yellow; red at `due_at`', null=True)),
                ('due_at', models.DateTimeField(null=True)),
                ('limit_value', models.PositiveIntegerField(null=True)),
                ('limit_clock', models.CharField(blank=True, max_length=20)),
                ('closed_at', models.DateTimeField(null=True)),
                ('assignee', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='tasks', to=settings.AUTH_USER_MODEL)),
                ('case', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='tasks', to='cases.case')),
                ('closed_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.CreateModel(
            name='UnitRequest',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('ask_return', '退单'), ('ask_escalation', '上报上级')], max_length=20)),
                ('seq', models.PositiveIntegerField(help_text='log entry of the request; reason and basis are its texts')),
                ('unit', models.CharField(max_length=50)),
                ('asked_at', models.DateTimeField()),
                ('ruling', models.CharField(blank=True, choices=[('', '待裁定'), ('granted', '准予'), ('refused', '不准')], max_length=10)),
                ('ruled_at', models.DateTimeField(null=True)),
                ('asked_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('case', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='unit_requests', to='cases.case')),
                ('ruled_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.CreateModel(
            name='CaseLink',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('linked_at', models.DateTimeField()),
                ('case', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='links', to='cases.case')),
                ('linked_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('other', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='linked_from', to='cases.case')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('case', 'other'), name='cases_caselink_once'), models.CheckConstraint(condition=models.Q(('case', models.F('other')), _negated=True), name='cases_caselink_not_itself')],
            },
        ),
        migrations.CreateModel(
            name='CaseText',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('seq', models.PositiveIntegerField()),
                ('field', models.CharField(max_length=20)),
                ('text', models.TextField(null=True)),
                ('salt', models.BinaryField(null=True)),
                ('digest', models.CharField(max_length=64)),
                ('case', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='texts', to='cases.case')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('case', 'seq', 'field'), name='cases_casetext_once'), models.CheckConstraint(condition=models.Q(models.Q(('salt__isnull', True), ('text__isnull', True)), models.Q(('salt__isnull', False), ('text__isnull', False)), _connector='OR'), name='cases_casetext_redacted_whole')],
            },
        ),
        migrations.CreateModel(
            name='Dispatch',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('seq', models.PositiveIntegerField(help_text='log entry of the dispatch')),
                ('role', models.CharField(choices=[('lead', '主办'), ('assist', '协办')], max_length=10)),
                ('unit', models.CharField(max_length=50)),
                ('unit_path', models.CharField(db_collation='C', max_length=200)),
                ('dispatched_at', models.DateTimeField()),
                ('due_at', models.DateTimeField(null=True)),
                ('signed_at', models.DateTimeField(null=True)),
                ('finished_at', models.DateTimeField(null=True)),
                ('ended_at', models.DateTimeField(help_text='returned, escalated, voided or the case ended', null=True)),
                ('used_seconds', models.PositiveIntegerField(help_text='on the clock of the norm, dispatch to end', null=True)),
                ('case', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='dispatches', to='cases.case')),
            ],
            options={
                'indexes': [models.Index(fields=['unit_path', 'case'], name='cases_dispatch_unit')],
                'constraints': [models.UniqueConstraint(fields=('case', 'seq', 'unit'), name='cases_dispatch_once'), models.UniqueConstraint(condition=models.Q(('ended_at__isnull', True), ('role', 'lead')), fields=('case',), name='cases_dispatch_one_lead'), models.CheckConstraint(condition=models.Q(('role__in', ['lead', 'assist'])), name='cases_dispatch_role')],
            },
        ),
        migrations.AddIndex(
            model_name='case',
            index=models.Index(fields=['area_path', '-reported_at', '-id'], name='cases_case_area'),
        ),
        migrations.AddIndex(
            model_name='case',
            index=models.Index(fields=['-reported_at', '-id'], name='cases_case_newest'),
        ),
        migrations.AddIndex(
            model_name='case',
            index=models.Index(fields=['squad', '-reported_at', '-id'], name='cases_case_squad'),
        ),
        migrations.AddIndex(
            model_name='case',
            index=models.Index(fields=['lead_unit_path', '-reported_at', '-id'], name='cases_case_unit'),
        ),
        migrations.AddIndex(
            model_name='case',
            index=models.Index(condition=models.Q(('class_code', ''), _negated=True), fields=['class_code', 'reported_at'], name='cases_case_duplicates'),
        ),
        migrations.AddIndex(
            model_name='case',
            index=models.Index(condition=models.Q(('state__in', ['reported', 'verifying', 'accepted', 'filed', 'dispatched', 'handling', 'handled', 'checking', 'callback', 'investigating', 'closing'])), fields=['supervision_grid'], name='cases_case_open_grid'),
        ),
        migrations.AddIndex(
            model_name='case',
            index=models.Index(condition=models.Q(('state__in', ['reported', 'verifying', 'accepted', 'filed', 'dispatched', 'handling', 'handled', 'checking', 'callback', 'investigating', 'closing'])), fields=['lead_unit', 'due_at'], name='cases_case_open_unit'),
        ),
        migrations.AddIndex(
            model_name='case',
            index=models.Index(condition=models.Q(('closed_at__isnull', False)), fields=['closed_at'], name='cases_case_closed'),
        ),
        migrations.AddConstraint(
            model_name='case',
            constraint=models.CheckConstraint(condition=models.Q(('state__in', ['reported', 'verifying', 'accepted', 'filed', 'dispatched', 'handling', 'handled', 'checking', 'callback', 'investigating', 'closing', 'closed', 'rejected', 'void', 'merged', 'transferred'])), name='cases_case_state'),
        ),
        migrations.AddConstraint(
            model_name='case',
            constraint=models.CheckConstraint(condition=models.Q(('origin__in', ['live', 'replayed', 'generated'])), name='cases_case_origin'),
        ),
        migrations.AddConstraint(
            model_name='case',
            constraint=models.CheckConstraint(condition=models.Q(('closing__in', ['', 'solved', 'explained', 'forced'])), name='cases_case_closing'),
        ),
        migrations.AddConstraint(
            model_name='case',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('closed_at__isnull', False), ('state', 'closed')), models.Q(models.Q(('state', 'closed'), _negated=True), ('closing', '')), _connector='OR'), name='cases_case_closed_has_moment'),
        ),
        migrations.AddConstraint(
            model_name='case',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state', 'merged'), ('merged_into__isnull', False)), models.Q(models.Q(('state', 'merged'), _negated=True), ('merged_into__isnull', True)), _connector='OR'), name='cases_case_merged_has_target'),
        ),
        migrations.AddConstraint(
            model_name='case',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state__in', ['dispatched', 'handling', 'handled', 'checking']), _negated=True), models.Q(('lead_unit', ''), _negated=True), _connector='OR'), name='cases_case_with_unit_has_lead'),
        ),
        migrations.AddConstraint(
            model_name='case',
            constraint=models.UniqueConstraint(condition=models.Q(('external_id', ''), _negated=True), fields=('origin', 'reporter', 'external_id'), name='cases_case_external'),
        ),
        migrations.AddIndex(
            model_name='idempotencykey',
            index=models.Index(fields=['created_at'], name='cases_idempotency_age'),
        ),
        migrations.AddIndex(
            model_name='photo',
            index=models.Index(condition=models.Q(('case__isnull', True)), fields=['uploaded_at'], name='cases_photo_waiting'),
        ),
        migrations.AddIndex(
            model_name='task',
            index=models.Index(condition=models.Q(('closed_at__isnull', True)), fields=['post', 'due_at', 'id'], name='cases_task_open_post'),
        ),
        migrations.AddIndex(
            model_name='task',
            index=models.Index(condition=models.Q(('closed_at__isnull', True)), fields=['post', 'unit_path', 'due_at'], name='cases_task_open_unit'),
        ),
        migrations.AddConstraint(
            model_name='task',
            constraint=models.UniqueConstraint(condition=models.Q(('closed_at__isnull', True)), fields=('case', 'stage'), name='cases_task_one_open'),
        ),
        migrations.AddConstraint(
            model_name='unitrequest',
            constraint=models.UniqueConstraint(condition=models.Q(('ruling', '')), fields=('case',), name='cases_unitrequest_one_open'),
        ),
        migrations.AddConstraint(
            model_name='unitrequest',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ['ask_return', 'ask_escalation'])), name='cases_unitrequest_kind'),
        ),
        migrations.AddConstraint(
            model_name='unitrequest',
            constraint=models.CheckConstraint(condition=models.Q(('ruling__in', ['', 'granted', 'refused'])), name='cases_unitrequest_ruling'),
        ),
    ]
