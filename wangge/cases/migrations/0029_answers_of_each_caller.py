# SPDX-License-Identifier: Apache-2.0
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('cases', '0028_channels_kept'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name='callbacktry',
            name='case',
            field=models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='cases.case'),
        ),
        migrations.AddField(
            model_name='callbacktry',
            name='satisfied',
            field=models.BooleanField(null=True),
        ),
        migrations.AddField(
            model_name='callbacktry',
            name='seq',
            field=models.PositiveIntegerField(null=True),
        ),
        migrations.AddField(
            model_name='callbacktry',
            name='solved',
            field=models.BooleanField(null=True),
        ),
        migrations.AddConstraint(
            model_name='callbacktry',
            constraint=models.UniqueConstraint(fields=('case', 'seq'), name='cases_callbacktry_one_a_step'),
        ),
        migrations.AddConstraint(
            model_name='callbacktry',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('case', None), ('satisfied', None), ('seq', None), ('solved', None)), models.Q(('case__isnull', False), ('seq__isnull', False), models.Q(models.Q(('reached', False), ('satisfied', None), ('solved', None)), models.Q(('reached', True), ('satisfied__isnull', False), ('solved__isnull', False)), _connector='OR')), _connector='OR'), name='cases_callbacktry_answers'),
        ),
    ]
