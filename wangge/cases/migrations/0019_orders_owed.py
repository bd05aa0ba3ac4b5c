# SPDX-License-Identifier: Apache-2.0
from django.db import migrations, models

# What was called unsatisfied, or by nobody in any try, and led to no accepted order.
OWED = """
UPDATE cases_case c SET order_owed = CASE WHEN c.unsatisfied_count > 0 THEN 'unsatisfied' ELSE 'unrated' END
FROM cases_flowversion f
WHERE f.id = c.flow_id AND (c.unsatisfied_count > 0 OR c.callback_tries > 0)
    AND (c.unsatisfied_count > 0 OR c.callback_tries >= coalesce((f.document ->> 'callback_tries')::int, 3))
    AND NOT EXISTS (
        SELECT FROM cases_siderecord r WHERE r.case_id = c.id AND r.kind = 'supervision' AND r.state = 'accepted');
"""


class Migration(migrations.Migration):

    dependencies = [
        ('cases', '0018_consulted_at_once'),
    ]

    operations = [
        migrations.AddField(
            model_name='case',
            name='order_owed',
            field=models.CharField(blank=True, db_default='', default='', help_text='why it must be supervised: what a callback ended with and no accepted order has answered since', max_length=12),
        ),
        migrations.AddIndex(
            model_name='case',
            index=models.Index(condition=models.Q(('order_owed', ''), _negated=True), fields=['-reported_at', '-id'], name='cases_case_order_owed'),
        ),
        migrations.AddConstraint(
            model_name='case',
            constraint=models.CheckConstraint(condition=models.Q(('order_owed__in', ['', 'unsatisfied', 'unrated'])), name='cases_case_order_owed_why'),
        ),
        migrations.RunSQL(OWED, migrations.RunSQL.noop),
    ]
