# SPDX-License-Identifier: Apache-2.0
from django.db import migrations

# An answer sent back is owed again, and due anew; else the moment stays as it was asked.
SENT_BACK = """
CREATE OR REPLACE FUNCTION supervision_asked_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.state <> 'drafted' AND (TG_OP = 'DELETE'
        OR (NEW.paper_id, NEW.unit) IS DISTINCT FROM (OLD.paper_id, OLD.unit)
        OR NEW.text NOT IN (OLD.text, '—')
        OR (NEW.due_at IS DISTINCT FROM OLD.due_at AND OLD.due_at IS NOT NULL
            AND NOT (OLD.state = 'answered' AND NEW.state = 'open')))
    THEN
        RAISE EXCEPTION 'demand % is out', OLD.id USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("supervision", "0007_occasions_of_areas")]
    operations = [migrations.RunSQL(SENT_BACK, migrations.RunSQL.noop)]
