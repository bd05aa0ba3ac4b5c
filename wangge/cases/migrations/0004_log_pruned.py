# SPDX-License-Identifier: Apache-2.0
from django.db import migrations

# No entry lies before its case was reported, so a search for the entries of a case leaves the older partitions out.
# Entries of before this rule are not looked at again (NOT VALID): they may lie two minutes before.
NOT_BEFORE = """
ALTER TABLE cases_logentry ADD CONSTRAINT cases_logentry_recorded_after CHECK (recorded_at >= at) NOT VALID;
"""

TWO_HANDS = """
CREATE OR REPLACE FUNCTION cases_keep_two_hands() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (
        SELECT FROM cases_logentry
        WHERE case_id = NEW.case_id AND actor_id = NEW.actor_id AND hand NOT IN ('none', NEW.hand)
          AND recorded_at >= (SELECT reported_at FROM cases_case WHERE id = NEW.case_id)
    ) THEN
        RAISE EXCEPTION 'two hands: person % has already used the other hand on case %', NEW.actor_id, NEW.case_id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'cases_two_hands';
    END IF;
    RETURN NEW;
END
$$;
"""


class Migration(migrations.Migration):
    dependencies = [("cases", "0003_keys_once")]
    operations = [migrations.RunSQL(NOT_BEFORE), migrations.RunSQL(TWO_HANDS)]
