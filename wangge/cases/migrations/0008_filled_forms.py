# SPDX-License-Identifier: Apache-2.0
import django.contrib.postgres.indexes
import django.db.models.deletion
from django.db import migrations, models


RIGHTS = "GRANT INSERT, UPDATE ON cases_filledform TO wangge_web, wangge_worker;"


class Migration(migrations.Migration):

    dependencies = [
        ("common", "0001_roles_and_functions"),
        ('cases', '0007_rare_in_lists'),
        ('catalog', '0004_filing_and_order'),
    ]

    operations = [
        migrations.CreateModel(
            name='FilledForm',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('seq', models.PositiveIntegerField()),
                ('answers', models.JSONField(help_text='{field: text, number or boolean}', null=True)),
                ('salt', models.BinaryField(null=True)),
                ('digest', models.CharField(max_length=64)),
                ('case', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='filled_forms', to='cases.case')),
                ('form', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='catalog.form')),
            ],
            options={
                'indexes': [django.contrib.postgres.indexes.GinIndex(fields=['answers'], name='cases_filledform_answers', opclasses=['jsonb_path_ops'])],
                'constraints': [models.UniqueConstraint(fields=('case', 'seq'), name='cases_filledform_once'), models.CheckConstraint(condition=models.Q(models.Q(('answers__isnull', True), ('salt__isnull', True)), models.Q(('answers__isnull', False), ('salt__isnull', False)), _connector='OR'), name='cases_filledform_redacted_whole')],
            },
        ),
        migrations.RunSQL(RIGHTS, migrations.RunSQL.noop),
    ]
