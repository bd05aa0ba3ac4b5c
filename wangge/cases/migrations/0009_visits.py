# SPDX-License-Identifier: Apache-2.0
import django.contrib.postgres.fields
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


RIGHTS = "GRANT INSERT ON cases_visit TO wangge_web;"


class Migration(migrations.Migration):

    dependencies = [
        ('common', '0001_roles_and_functions'),
        ('cases', '0008_filled_forms'),
        ('catalog', '0004_filing_and_order'),
        ('grids', '0001_initial'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Visit',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.UUIDField(help_text='made by the page: the same form sent twice is one visit')),
                ('at', models.DateTimeField()),
                ('class_code', models.CharField(max_length=30)),
                ('place', models.CharField(help_text='the premises: name, door number', max_length=200)),
                ('lon', models.FloatField(help_text='degrees, WGS84', null=True)),
                ('lat', models.FloatField(help_text='degrees, WGS84', null=True)),
                ('area_path', models.CharField(db_collation='C', max_length=120)),
                ('answers', models.JSONField(help_text='{field: text, number or boolean}')),
                ('failed', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=100), default=list, size=None)),
                ('form', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='catalog.form')),
                ('person', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('unit_grid', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='grids.grid')),
            ],
            options={
                'indexes': [models.Index(fields=['-at', '-id'], name='cases_visit_newest'), models.Index(fields=['person', '-at', '-id'], name='cases_visit_own')],
                'constraints': [models.UniqueConstraint(fields=('key',), name='cases_visit_once')],
            },
        ),
        migrations.RunSQL(RIGHTS, migrations.RunSQL.noop),
    ]
