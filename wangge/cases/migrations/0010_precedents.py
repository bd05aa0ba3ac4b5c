# SPDX-License-Identifier: Apache-2.0
from django.db import migrations

# Rulings on who is in charge, the few among all entries, newest last; and the reasons given, for search by word.
PRECEDENTS = """
CREATE INDEX cases_logentry_rulings ON cases_logentry (recorded_at, case_id)
    WHERE step IN ('return', 'refuse_request') OR (step = 'dispatch' AND data ->> 'as_routed' = 'false');
CREATE INDEX cases_casetext_reasons ON cases_casetext USING gin (bigrams(text)) WHERE field IN ('reason', 'basis');
"""


class Migration(migrations.Migration):
    dependencies = [("cases", "0009_visits"), ("common", "0001_roles_and_functions")]
    operations = [migrations.RunSQL(PRECEDENTS, "DROP INDEX cases_logentry_rulings, cases_casetext_reasons")]
