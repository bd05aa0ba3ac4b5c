# SPDX-License-Identifier: Apache-2.0
from django.db import migrations

VERSIONED = """
    catalog_module, catalog_generation, catalog_catalogclass, catalog_classmapping, catalog_norm, catalog_procedure,
    catalog_form, organizations_unit, organizations_post, organizations_appointment, organizations_supervisionduty,
    organizations_responsibility, organizations_commandlevel, organizations_areaprofile, organizations_calendarversion,
    cases_flowversion
"""

# The web writes drafts; the worker alone puts them in force, by ending rows and adding others.
RIGHTS = f"""
GRANT INSERT, UPDATE ON rulebook_draft TO wangge_web;
GRANT INSERT, UPDATE, DELETE ON rulebook_change TO wangge_web;
GRANT UPDATE ON rulebook_draft TO wangge_worker;
GRANT INSERT ON rulebook_publication TO wangge_worker;
GRANT INSERT, UPDATE (valid_to) ON {VERSIONED} TO wangge_worker;
GRANT INSERT, UPDATE (name, source) ON organizations_person TO wangge_worker;
GRANT INSERT, UPDATE ON cases_channel TO wangge_worker;
GRANT UPDATE ON common_revision TO wangge_worker;

-- What was published or given up is read, never changed again.
CREATE FUNCTION rulebook_open_drafts_only() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    whose bigint := CASE WHEN TG_OP = 'DELETE' THEN OLD.draft_id ELSE NEW.draft_id END;
BEGIN
    IF EXISTS (SELECT FROM rulebook_draft WHERE id = whose AND state <> 'open') THEN
        RAISE EXCEPTION 'draft % is not open', whose;
    END IF;
    RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
END $$;
CREATE TRIGGER rulebook_change_open_drafts_only BEFORE INSERT OR UPDATE OR DELETE ON rulebook_change
    FOR EACH ROW EXECUTE FUNCTION rulebook_open_drafts_only();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("rulebook", "0001_initial"),
        ("common", "0001_roles_and_functions"),
        ("common", "0002_revision"),
        ("catalog", "0003_generations"),
        ("organizations", "0003_periods_and_seasons"),
        ("cases", "0007_rare_in_lists"),
    ]
    operations = [migrations.RunSQL(RIGHTS, migrations.RunSQL.noop)]
