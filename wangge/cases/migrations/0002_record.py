# SPDX-License-Identifier: Apache-2.0
from django.db import migrations

LOG = """
CREATE SEQUENCE cases_logentry_id_seq AS bigint;
GRANT USAGE ON SEQUENCE cases_logentry_id_seq TO wangge_web, wangge_worker;
CREATE TABLE cases_logentry (
    id bigint NOT NULL DEFAULT nextval('cases_logentry_id_seq'),
    case_id bigint NOT NULL REFERENCES cases_case (id),
    seq integer NOT NULL CHECK (seq > 0),
    step varchar(30) NOT NULL,
    result varchar(30) NOT NULL,
    from_state varchar(15) NOT NULL,
    to_state varchar(15) NOT NULL,
    actor_id bigint REFERENCES organizations_person (id),
    post varchar(30) NOT NULL,
    hand varchar(10) NOT NULL CHECK (hand IN ('acts', 'judges', 'none')),
    origin varchar(10) NOT NULL CHECK (origin IN ('live', 'replayed', 'generated')),
    at timestamptz NOT NULL,
    recorded_at timestamptz NOT NULL,
    data jsonb NOT NULL,
    digest bytea NOT NULL CHECK (length(digest) = 32),
    -- the transaction that wrote the row: lets a reader follow the log without missing late commits
    xid xid8 NOT NULL DEFAULT pg_current_xact_id(),
    PRIMARY KEY (id, recorded_at),
    UNIQUE (case_id, seq, recorded_at)
) PARTITION BY RANGE (recorded_at);
CREATE INDEX cases_logentry_xid ON cases_logentry (xid);
CREATE INDEX cases_logentry_newest ON cases_logentry (recorded_at, id);
CREATE TABLE cases_logentry_other PARTITION OF cases_logentry DEFAULT;
"""

# The worker is not the owner, yet must open next month's partitions: the function runs with its owner's rights.
PARTITIONS = """
CREATE FUNCTION cases_open_log_months(first date, months integer) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    start date := date_trunc('month', first)::date;
    made integer := 0;
    name text;
BEGIN
    FOR i IN 1..months LOOP
        name := 'cases_logentry_' || to_char(start, 'YYYYMM');
        IF to_regclass('public.' || name) IS NULL THEN
            EXECUTE format(
                'CREATE TABLE %I PARTITION OF cases_logentry FOR VALUES FROM (%L) TO (%L)',
                name, start::timestamp AT TIME ZONE 'UTC', (start + interval '1 month')::timestamp AT TIME ZONE 'UTC');
            -- partitions inherit row triggers, not those of a statement
            EXECUTE format(
                'CREATE TRIGGER append_only_whole BEFORE TRUNCATE ON %I FOR EACH STATEMENT EXECUTE FUNCTION refuse_rewriting()',
                name);
            made := made + 1;
        END IF;
        start := (start + interval '1 month')::date;
    END LOOP;
    RETURN made;
END
$$;
REVOKE ALL ON FUNCTION cases_open_log_months(date, integer) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION cases_open_log_months(date, integer) TO wangge_worker;
SELECT cases_open_log_months(current_date, 6);
"""

APPEND_ONLY = """
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON cases_logentry
    FOR EACH ROW EXECUTE FUNCTION refuse_rewriting();
CREATE TRIGGER append_only_whole BEFORE TRUNCATE ON cases_logentry
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_rewriting();
CREATE TRIGGER append_only_whole BEFORE TRUNCATE ON cases_logentry_other
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_rewriting();
GRANT INSERT ON cases_logentry, cases_caselink TO wangge_web, wangge_worker;
GRANT INSERT, UPDATE ON cases_case, cases_casetext, cases_task, cases_dispatch, cases_unitrequest, cases_photo,
    cases_idempotencykey TO wangge_web, wangge_worker;
-- photos nobody used and keys nobody will send again
GRANT DELETE ON cases_photo, cases_idempotencykey TO wangge_worker;
"""

# Two-hands rule, held by the database whatever the caller: one person, one case, one hand.
TWO_HANDS = """
CREATE FUNCTION cases_keep_two_hands() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (
        SELECT FROM cases_logentry
        WHERE case_id = NEW.case_id AND actor_id = NEW.actor_id AND hand NOT IN ('none', NEW.hand)
    ) THEN
        RAISE EXCEPTION 'two hands: person % has already used the other hand on case %', NEW.actor_id, NEW.case_id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'cases_two_hands';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER two_hands BEFORE INSERT ON cases_logentry
    FOR EACH ROW WHEN (NEW.hand <> 'none') EXECUTE FUNCTION cases_keep_two_hands();
"""

SEARCH = "CREATE INDEX cases_casetext_search ON cases_casetext USING gin (bigrams(text)) WHERE field = 'description';"


class Migration(migrations.Migration):
    dependencies = [
        ("cases", "0001_initial"),
        ("common", "0001_roles_and_functions"),
    ]
    operations = [migrations.RunSQL(sql) for sql in (LOG, PARTITIONS, APPEND_ONLY, TWO_HANDS, SEARCH)]
