# SPDX-License-Identifier: Apache-2.0
from django.db import migrations

# The second unit of a joint order that runs, and that it has not answered, is to reply by the moment the first is.
JOINT = """
WITH joint AS (
    UPDATE cases_siderecord r SET facts = r.facts
        || jsonb_build_object('second', d.second_unit, 'waits', jsonb_build_array(r.unit, d.second_unit))
    FROM supervision_orderdetail d
    WHERE d.record_id = r.id AND d.second_unit <> '' AND r.kind = 'supervision' AND r.state = 'issued' AND r.ended_at IS NULL
        AND NOT jsonb_exists(r.facts, 'second')
        AND NOT EXISTS (SELECT FROM supervision_jointanswer a WHERE a.record_id = r.id)
    RETURNING r.case_id, d.second_unit
)
INSERT INTO cases_task (case_id, stage, post, unit_path, area_path, opened_at, yellow_at, due_at, limit_value, limit_clock)
SELECT t.case_id, t.stage, t.post, u.path, t.area_path, t.opened_at, t.yellow_at, t.due_at, t.limit_value, t.limit_clock
FROM joint j
JOIN cases_task t ON t.case_id = j.case_id AND t.stage = 'supervision.issued' AND t.closed_at IS NULL
JOIN organizations_unit u ON u.code = j.second_unit AND u.valid_to IS NULL;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("supervision", "0009_attention"),
        ("cases", "0030_steps_taken_back"),
        ("organizations", "0009_names_kept"),
    ]
    operations = [migrations.RunSQL(JOINT, migrations.RunSQL.noop)]
