# SPDX-License-Identifier: Apache-2.0
import django.contrib.postgres.fields
import django.contrib.postgres.indexes
from django.conf import settings
from django.db import migrations, models

FILL = """
UPDATE cases_case c SET units = d.units FROM (
    SELECT case_id, array_agg(DISTINCT code ORDER BY code) AS units
    FROM cases_dispatch, unnest(string_to_array(trim(BOTH '/' FROM unit_path), '/')) AS code GROUP BY case_id
) d WHERE d.case_id = c.id;
"""


class Migration(migrations.Migration):

    dependencies = [
        ('cases', '0005_lean_indexes'),
        ('catalog', '0002_search'),
        ('grids', '0001_initial'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RemoveIndex(
            model_name='case',
            name='cases_case_open_unit',
        ),
        migrations.AddField(
            model_name='case',
            name='units',
            field=django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=50), default=list, help_text='codes of the units it was ever dispatched to, and of those above them: who may see it', size=None),
        ),
        migrations.RunSQL(FILL),
        migrations.AddIndex(
            model_name='case',
            index=django.contrib.postgres.indexes.GinIndex(fields=['units'], name='cases_case_units'),
        ),
        migrations.AddIndex(
            model_name='case',
            index=models.Index(condition=models.Q(('state__in', ['reported', 'verifying', 'accepted', 'filed', 'dispatched', 'handling', 'handled', 'checking', 'callback', 'investigating', 'closing'])), fields=['-reported_at', '-id'], name='cases_case_open'),
        ),
    ]
