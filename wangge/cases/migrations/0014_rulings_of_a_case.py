# SPDX-License-Identifier: Apache-2.0
from django.db import migrations

# The rulings of the few cases a rare word names: without it every ruling would be looked through for them.
RULINGS = """
CREATE INDEX cases_logentry_rulings_case ON cases_logentry (case_id)
    WHERE step IN ('return', 'refuse_return', 'rule_return') OR (step = 'dispatch' AND data ->> 'as_routed' = 'false');
"""


class Migration(migrations.Migration):
    dependencies = [("cases", "0013_rewards")]
    operations = [migrations.RunSQL(RULINGS, "DROP INDEX cases_logentry_rulings_case")]
