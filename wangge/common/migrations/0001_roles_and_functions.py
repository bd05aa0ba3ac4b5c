# SPDX-License-Identifier: Apache-2.0
from django.db import migrations

# Web and worker read everything; what they may write, the migrations of each room grant table by table. Reference data
# are the owner's: only a pack load changes them.
GRANTS = """
GRANT USAGE ON SCHEMA public TO wangge_web, wangge_worker;
ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT ON TABLES TO wangge_web, wangge_worker;
ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT USAGE ON SEQUENCES TO wangge_web, wangge_worker;
GRANT SELECT ON ALL TABLES IN SCHEMA public TO wangge_web, wangge_worker;
GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO wangge_web, wangge_worker;
"""

# Chinese words are mostly two characters, so trigrams find nothing: all pairs of neighbouring characters do.
BIGRAMS = """
CREATE FUNCTION bigrams(words text) RETURNS text[] LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT coalesce(array_agg(DISTINCT substr(lower(words), i, 2)), '{}')
    FROM generate_series(1, greatest(length(words) - 1, 0)) AS i
$$;
"""

APPEND_ONLY = """
CREATE FUNCTION refuse_rewriting() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'append-only: % on % is refused', tg_op, tg_table_name USING ERRCODE = 'restrict_violation';
END
$$;
"""


class Migration(migrations.Migration):
    initial = True
    dependencies = []
    operations = [
        migrations.RunSQL(GRANTS, migrations.RunSQL.noop),
        migrations.RunSQL(BIGRAMS, "DROP FUNCTION bigrams(text)"),
        migrations.RunSQL(APPEND_ONLY, "DROP FUNCTION refuse_rewriting()"),
    ]
