# SPDX-License-Identifier: Apache-2.0
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

# A row of the log is named by its case and number; nothing ever asked for it by a number of its own.
LOG = """
ALTER TABLE cases_logentry
    DROP CONSTRAINT cases_logentry_pkey, DROP CONSTRAINT cases_logentry_case_id_seq_recorded_at_key;
DROP INDEX cases_logentry_newest;
ALTER TABLE cases_logentry DROP COLUMN id, ADD PRIMARY KEY (case_id, seq, recorded_at);
DROP SEQUENCE cases_logentry_id_seq;
CREATE INDEX cases_logentry_newest ON cases_logentry (recorded_at);
"""


class Migration(migrations.Migration):

    dependencies = [
        ('cases', '0004_log_pruned'),
        ('catalog', '0002_search'),
        ('grids', '0001_initial'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RunSQL(LOG),
        migrations.RemoveIndex(
            model_name='case',
            name='cases_case_unit',
        ),
        migrations.AlterField(
            model_name='case',
            name='handler',
            field=models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AlterField(
            model_name='case',
            name='merged_into',
            field=models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='merged', to='cases.case'),
        ),
        migrations.AlterField(
            model_name='case',
            name='number',
            field=models.CharField(max_length=40),
        ),
        migrations.AlterField(
            model_name='caselink',
            name='case',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='links', to='cases.case'),
        ),
        migrations.AlterField(
            model_name='caselink',
            name='linked_by',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AlterField(
            model_name='casetext',
            name='case',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='texts', to='cases.case'),
        ),
        migrations.AlterField(
            model_name='dispatch',
            name='case',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='dispatches', to='cases.case'),
        ),
        migrations.AlterField(
            model_name='photo',
            name='uploaded_by',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AlterField(
            model_name='task',
            name='assignee',
            field=models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='tasks', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AlterField(
            model_name='task',
            name='closed_by',
            field=models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AlterField(
            model_name='unitrequest',
            name='asked_by',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AlterField(
            model_name='unitrequest',
            name='ruled_by',
            field=models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddIndex(
            model_name='case',
            index=models.Index(fields=['lead_unit', '-reported_at', '-id'], name='cases_case_lead'),
        ),
        migrations.AddIndex(
            model_name='case',
            index=models.Index(condition=models.Q(('merged_into__isnull', False)), fields=['merged_into'], name='cases_case_merged'),
        ),
        migrations.AddConstraint(
            model_name='case',
            constraint=models.UniqueConstraint(fields=('number',), name='cases_case_number'),
        ),
    ]
