# SPDX-License-Identifier: Apache-2.0
from django.db import migrations

# Rules are the owner's, as all reference data are. Who walks which grid changes by an approved plan alone, which the
# worker puts in force. A daily report is corrected by another row.
RIGHTS = """
GRANT INSERT ON inspectors_draw, inspectors_dailyreport, inspectors_settledcount TO wangge_web;
GRANT INSERT, UPDATE ON inspectors_rotationplan, inspectors_sample, inspectors_ledgerentry,
    inspectors_stafffeedback TO wangge_web;
GRANT UPDATE ON inspectors_rotationmove TO wangge_web;
GRANT UPDATE ON inspectors_rotationplan TO wangge_worker;
GRANT INSERT ON inspectors_rotationmove, inspectors_reportingday TO wangge_worker;
GRANT INSERT, UPDATE ON inspectors_gridduty TO wangge_worker;
GRANT DELETE ON inspectors_draw, inspectors_sample, inspectors_ledgerentry, inspectors_stafffeedback TO wangge_worker;
"""
APPEND_ONLY = """
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON inspectors_dailyreport
    FOR EACH ROW EXECUTE FUNCTION refuse_rewriting();
CREATE TRIGGER append_only_whole BEFORE TRUNCATE ON inspectors_dailyreport
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_rewriting();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON inspectors_settledcount
    FOR EACH ROW EXECUTE FUNCTION refuse_rewriting();
CREATE TRIGGER append_only_whole BEFORE TRUNCATE ON inspectors_settledcount
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_rewriting();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("inspectors", "0001_rotation_sampling_ledger_reports"),
        ("common", "0001_roles_and_functions"),
    ]
    operations = [
        migrations.RunSQL(RIGHTS, migrations.RunSQL.noop),
        migrations.RunSQL(APPEND_ONLY, migrations.RunSQL.noop),
    ]
