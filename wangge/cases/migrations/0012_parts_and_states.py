# SPDX-License-Identifier: Apache-2.0
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


RIGHTS = "GRANT UPDATE ON cases_caselink TO wangge_web, wangge_worker;"


class Migration(migrations.Migration):

    dependencies = [
        ('cases', '0011_side_records'),
        ('catalog', '0004_filing_and_order'),
        ('grids', '0001_initial'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name='case',
            name='cases_case_state',
        ),
        migrations.RemoveIndex(
            model_name='case',
            name='cases_case_open_grid',
        ),
        migrations.RemoveIndex(
            model_name='case',
            name='cases_case_open',
        ),
        migrations.AddField(
            model_name='case',
            name='parent',
            field=models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='children', to='cases.case'),
        ),
        migrations.AddField(
            model_name='case',
            name='parts',
            field=models.PositiveSmallIntegerField(default=0, help_text='cases it was split into'),
        ),
        migrations.AddField(
            model_name='caselink',
            name='unlinked_at',
            field=models.DateTimeField(null=True),
        ),
        migrations.AlterField(
            model_name='case',
            name='state',
            field=models.CharField(choices=[('reported', 'reported'), ('verifying', 'verifying'), ('accepted', 'accepted'), ('filed', 'filed'), ('dispatched', 'dispatched'), ('handling', 'handling'), ('handled', 'handled'), ('checking', 'checking'), ('callback', 'callback'), ('investigating', 'investigating'), ('closing', 'closing'), ('split', 'split'), ('closed', 'closed'), ('rejected', 'rejected'), ('void', 'void'), ('merged', 'merged'), ('transferred', 'transferred'), ('settled', 'settled')], max_length=15),
        ),
        migrations.AddIndex(
            model_name='case',
            index=models.Index(condition=models.Q(('parent__isnull', False)), fields=['parent'], name='cases_case_parent'),
        ),
        migrations.AddIndex(
            model_name='case',
            index=models.Index(condition=models.Q(('state__in', ['reported', 'verifying', 'accepted', 'filed', 'dispatched', 'handling', 'handled', 'checking', 'callback', 'investigating', 'closing', 'split'])), fields=['-reported_at', '-id'], name='cases_case_open'),
        ),
        migrations.AddIndex(
            model_name='case',
            index=models.Index(condition=models.Q(('state__in', ['reported', 'verifying', 'accepted', 'filed', 'dispatched', 'handling', 'handled', 'checking', 'callback', 'investigating', 'closing', 'split'])), fields=['supervision_grid'], name='cases_case_open_grid'),
        ),
        migrations.AddConstraint(
            model_name='case',
            constraint=models.CheckConstraint(condition=models.Q(('state__in', ['reported', 'verifying', 'accepted', 'filed', 'dispatched', 'handling', 'handled', 'checking', 'callback', 'investigating', 'closing', 'split', 'closed', 'rejected', 'void', 'merged', 'transferred', 'settled'])), name='cases_case_state'),
        ),
        migrations.RunSQL(RIGHTS, migrations.RunSQL.noop),
    ]
