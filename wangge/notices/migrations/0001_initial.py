# SPDX-License-Identifier: Apache-2.0

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Notice',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('channel', models.CharField(choices=[('in_app', '站内')], default='in_app', max_length=10)),
                ('template', models.CharField(help_text='code of the sentence: see notices.templates', max_length=30)),
                ('case_id', models.BigIntegerField(null=True)),
                ('facts', models.JSONField(default=dict, help_text='ids and codes the sentence needs; no free text')),
                ('state', models.CharField(choices=[('queued', '待发送'), ('sent', '已发送'), ('delivered', '已送达'), ('failed', '发送失败'), ('given_up', '放弃')], default='queued', max_length=10)),
                ('created_at', models.DateTimeField()),
                ('sent_at', models.DateTimeField(null=True)),
                ('read_at', models.DateTimeField(null=True)),
                ('tries', models.PositiveSmallIntegerField(default=0)),
                ('error', models.CharField(blank=True, max_length=200)),
                ('recipient', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='notices', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'indexes': [models.Index(fields=['recipient', '-id'], name='notices_notice_recipient'), models.Index(condition=models.Q(('read_at__isnull', True)), fields=['recipient'], name='notices_notice_unread'), models.Index(condition=models.Q(('state__in', ['queued', 'failed'])), fields=['id'], name='notices_notice_to_send')],
                'constraints': [models.CheckConstraint(condition=models.Q(('state__in', ['queued', 'sent', 'delivered', 'failed', 'given_up'])), name='notices_notice_state')],
            },
        ),
    ]
