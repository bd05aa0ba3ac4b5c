# SPDX-License-Identifier: Apache-2.0

import django.contrib.postgres.fields
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
            name='Draft',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('title', models.CharField(max_length=200)),
                ('state', models.CharField(choices=[('open', '编辑中'), ('submitted', '等待生效'), ('published', '已生效'), ('discarded', '已放弃')], default='open', max_length=10)),
                ('created_at', models.DateTimeField()),
                ('due_at', models.DateTimeField(help_text='when it is to take effect', null=True)),
                ('ended_at', models.DateTimeField(help_text='published or discarded', null=True)),
                ('refusal', models.JSONField(default=list, help_text='[{zh, en}]: why it could not be put in force')),
                ('author', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='drafts', to=settings.AUTH_USER_MODEL)),
                ('publisher', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='published_drafts', to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.CreateModel(
            name='Change',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('table', models.CharField(max_length=30)),
                ('key', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=60), size=None)),
                ('row', models.JSONField(help_text="as the pack's file says it", null=True)),
                ('before', models.JSONField(null=True)),
                ('changed_at', models.DateTimeField()),
                ('draft', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='changes', to='rulebook.draft')),
            ],
        ),
        migrations.CreateModel(
            name='Publication',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('at', models.DateTimeField(unique=True)),
                ('pack', models.CharField(blank=True, help_text='name and version of a pack loaded whole', max_length=100)),
                ('counts', models.JSONField(help_text='{table: [added, changed, ended]}')),
                ('draft', models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, to='rulebook.draft')),
            ],
        ),
        migrations.AddIndex(
            model_name='draft',
            index=models.Index(condition=models.Q(('state', 'submitted')), fields=['due_at'], name='rulebook_draft_due'),
        ),
        migrations.AddConstraint(
            model_name='draft',
            constraint=models.CheckConstraint(condition=models.Q(('state__in', ['open', 'submitted', 'published', 'discarded'])), name='rulebook_draft_state'),
        ),
        migrations.AddConstraint(
            model_name='draft',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state__in', ['submitted', 'published']), _negated=True), models.Q(('publisher__isnull', False), models.Q(('publisher', models.F('author')), _negated=True)), _connector='OR'), name='rulebook_draft_two_hands'),
        ),
        migrations.AddConstraint(
            model_name='change',
            constraint=models.UniqueConstraint(fields=('draft', 'table', 'key'), name='rulebook_change_once'),
        ),
        migrations.AddConstraint(
            model_name='change',
            constraint=models.CheckConstraint(condition=models.Q(('row__isnull', False), ('before__isnull', False), _connector='OR'), name='rulebook_change_something'),
        ),
        migrations.AddConstraint(
            model_name='publication',
            constraint=models.CheckConstraint(condition=models.Q(('draft__isnull', False), models.Q(('pack', ''), _negated=True), _connector='OR'), name='rulebook_publication_of_something'),
        ),
    ]
