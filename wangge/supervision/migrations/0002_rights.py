# SPDX-License-Identifier: Apache-2.0
from django.db import migrations

RIGHTS = """
GRANT INSERT, UPDATE ON supervision_paper TO wangge_web;
GRANT INSERT, UPDATE, DELETE ON supervision_demand TO wangge_web;
GRANT INSERT, DELETE ON supervision_papercase TO wangge_web;
GRANT INSERT ON supervision_demandentry, supervision_sitting, supervision_orderdetail, supervision_campaign TO wangge_web;
GRANT INSERT ON supervision_reached TO wangge_worker;
GRANT INSERT, DELETE ON supervision_recurrence TO wangge_worker;
GRANT UPDATE (urged_at) ON supervision_demand TO wangge_worker;
"""

APPEND_ONLY = "".join(
    f"""
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON {table} FOR EACH ROW EXECUTE FUNCTION refuse_rewriting();
CREATE TRIGGER append_only_whole BEFORE TRUNCATE ON {table} FOR EACH STATEMENT EXECUTE FUNCTION refuse_rewriting();
"""
    for table in ("supervision_reached", "supervision_demandentry")
)

# What was issued or discarded is read, never changed again; what was asked on it stays as it was asked.
ISSUED = """
CREATE FUNCTION supervision_drafts_only() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    whose bigint;
BEGIN
    IF TG_TABLE_NAME = 'supervision_paper' THEN
        IF TG_OP = 'DELETE' OR OLD.state <> 'draft' THEN
            RAISE EXCEPTION 'paper % is not a draft', OLD.id USING ERRCODE = 'restrict_violation';
        END IF;
        RETURN NEW;
    END IF;
    whose := CASE WHEN TG_OP = 'DELETE' THEN OLD.paper_id ELSE NEW.paper_id END;
    IF EXISTS (SELECT FROM supervision_paper WHERE id = whose AND state <> 'draft') THEN
        RAISE EXCEPTION 'paper % is not a draft', whose USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
END $$;
CREATE TRIGGER supervision_drafts_only BEFORE UPDATE OR DELETE ON supervision_paper
    FOR EACH ROW EXECUTE FUNCTION supervision_drafts_only();
CREATE TRIGGER supervision_drafts_only BEFORE INSERT OR UPDATE OR DELETE ON supervision_papercase
    FOR EACH ROW EXECUTE FUNCTION supervision_drafts_only();
CREATE FUNCTION supervision_asked_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.state <> 'drafted' AND (TG_OP = 'DELETE'
        OR (NEW.paper_id, NEW.unit, NEW.text, NEW.due_at) IS DISTINCT FROM (OLD.paper_id, OLD.unit, OLD.text, OLD.due_at))
    THEN
        RAISE EXCEPTION 'demand % is out', OLD.id USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
END $$;
CREATE TRIGGER supervision_asked_stays BEFORE UPDATE OR DELETE ON supervision_demand
    FOR EACH ROW EXECUTE FUNCTION supervision_asked_stays();
"""

# The few cases that must be supervised, among all there ever were.
UNSATISFIED = """
CREATE INDEX supervision_must ON cases_case (reported_at DESC, id DESC)
    WHERE unsatisfied_count > 0 OR callback_tries > 0;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("supervision", "0001_initial"),
        ("common", "0001_roles_and_functions"),
        ("cases", "0010_precedents"),
    ]
    operations = [migrations.RunSQL(RIGHTS + APPEND_ONLY + ISSUED + UNSATISFIED, migrations.RunSQL.noop)]
