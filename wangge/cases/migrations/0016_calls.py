# SPDX-License-Identifier: Apache-2.0
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

# Of a call nothing is changed; what may not be kept is deleted, on time by the worker, its texts on order by the web.
RIGHTS = """
GRANT INSERT ON cases_call, cases_contact, cases_contactreading TO wangge_web;
GRANT UPDATE (text, place, answer, redacted_at, redacted_by_id, redacted_why) ON cases_call TO wangge_web;
GRANT UPDATE (contact_gone_at, text, place, answer) ON cases_call TO wangge_worker;
GRANT DELETE, UPDATE (sealed, sealed_with, number_digest) ON cases_contact TO wangge_worker;
GRANT INSERT, UPDATE (valid_to) ON cases_hotlinerule TO wangge_worker;
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON cases_contactreading
    FOR EACH ROW EXECUTE FUNCTION refuse_rewriting();
CREATE TRIGGER append_only_whole BEFORE TRUNCATE ON cases_contactreading
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_rewriting();
"""
# The few whose callers were not satisfied or not reached, newest first.
DISSATISFIED = """
CREATE INDEX cases_case_dissatisfied ON cases_case (reported_at DESC, id DESC)
    WHERE unsatisfied_count > 0 OR callback_tries > 0;
"""


class Migration(migrations.Migration):

    dependencies = [
        ('common', '0001_roles_and_functions'),
        ('cases', '0015_visit_reports'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Call',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.UUIDField(help_text='made by the sender: the same call sent twice is one')),
                ('request_digest', models.CharField(help_text='keyed digest of what was sent with the key', max_length=64)),
                ('external_id', models.CharField(blank=True, help_text="the sender's own number of the call", max_length=80)),
                ('began_at', models.DateTimeField()),
                ('taken_at', models.DateTimeField(help_text='when it was recorded')),
                ('outcome', models.CharField(choices=[('answered', '直接答复'), ('reported', '转为案卷'), ('joined', '并入已有案卷')], max_length=10)),
                ('confidential', models.BooleanField(help_text='no unit learns who called')),
                ('class_code', models.CharField(blank=True, max_length=30)),
                ('text', models.TextField(help_text="empty where it is the case's description", null=True)),
                ('place', models.TextField(help_text='as the text', null=True)),
                ('answer', models.TextField(null=True)),
                ('area_path', models.CharField(db_collation='C', max_length=120)),
                ('redacted_at', models.DateTimeField(help_text='its texts were deleted before their time', null=True)),
                ('redacted_why', models.CharField(blank=True, max_length=200)),
                ('contact_gone_at', models.DateTimeField(help_text='the contact was deleted on time', null=True)),
                ('case', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='calls', to='cases.case')),
                ('channel', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='cases.channel')),
                ('redacted_by', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('taken_by', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.CreateModel(
            name='ContactReading',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('post', models.CharField(max_length=30)),
                ('reason', models.CharField(max_length=200)),
                ('at', models.DateTimeField()),
                ('call', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='readings', to='cases.call')),
                ('person', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.CreateModel(
            name='HotlineRule',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('valid_from', models.DateTimeField()),
                ('valid_to', models.DateTimeField(blank=True, null=True)),
                ('channel', models.CharField(max_length=30)),
                ('calling_code', models.CharField(help_text='of the country, left out of a number', max_length=4)),
                ('repeat_days', models.PositiveIntegerField(help_text='earlier calls and like matters are shown so far back')),
                ('retry_hours', models.PositiveIntegerField(help_text='between two tries to reach a caller')),
                ('contact_days', models.PositiveIntegerField(help_text='a contact is kept so long after the matter has ended')),
                ('answered_days', models.PositiveIntegerField(help_text='texts of a call answered at once are kept so long')),
                ('source', models.CharField(blank=True, max_length=300)),
            ],
            options={
                'constraints': [models.UniqueConstraint(condition=models.Q(('valid_to__isnull', True)), fields=('channel',), name='cases_hotlinerule_in_force')],
            },
        ),
        migrations.CreateModel(
            name='Contact',
            fields=[
                ('call', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, primary_key=True, related_name='contact', serialize=False, to='cases.call')),
                ('sealed', models.TextField(help_text='token of {name, number}')),
                ('sealed_with', models.CharField(help_text='name of the key', max_length=8)),
                ('number_digest', models.CharField(help_text='keyed digest of the number; of one called twice the same', max_length=64)),
                ('taken_at', models.DateTimeField()),
            ],
            options={
                'indexes': [models.Index(fields=['number_digest', '-taken_at'], name='cases_contact_number'), models.Index(fields=['sealed_with'], name='cases_contact_key')],
            },
        ),
        migrations.AddIndex(
            model_name='call',
            index=models.Index(fields=['-taken_at', '-id'], name='cases_call_newest'),
        ),
        migrations.AddIndex(
            model_name='call',
            index=models.Index(condition=models.Q(('case__isnull', False)), fields=['case', 'id'], name='cases_call_case'),
        ),
        migrations.AddConstraint(
            model_name='call',
            constraint=models.UniqueConstraint(fields=('key',), name='cases_call_once'),
        ),
        migrations.AddConstraint(
            model_name='call',
            constraint=models.UniqueConstraint(condition=models.Q(('external_id', ''), _negated=True), fields=('taken_by', 'external_id'), name='cases_call_external'),
        ),
        migrations.AddConstraint(
            model_name='call',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('case__isnull', True), ('outcome', 'answered')), models.Q(('case__isnull', False), ('outcome__in', ['reported', 'joined'])), _connector='OR'), name='cases_call_outcome'),
        ),
        migrations.RunSQL(RIGHTS, migrations.RunSQL.noop),
        migrations.RunSQL(DISSATISFIED, "DROP INDEX cases_case_dissatisfied"),
    ]
