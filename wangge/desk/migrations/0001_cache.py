# SPDX-License-Identifier: Apache-2.0
from django.db import migrations

# As `createcachetable` makes it. Unlogged: what is counted here need not outlive a crash and costs no wait for the disk.
# The values are pickles: only the processes that read them may write them.
CACHE = """
CREATE UNLOGGED TABLE desk_cache (
    cache_key varchar(255) PRIMARY KEY,
    value text NOT NULL,
    expires timestamptz NOT NULL
);
CREATE INDEX desk_cache_expires ON desk_cache (expires);
REVOKE ALL ON desk_cache FROM wangge_worker;
GRANT SELECT, INSERT, UPDATE, DELETE ON desk_cache TO wangge_web;
"""


class Migration(migrations.Migration):
    initial = True
    dependencies = [("common", "0001_roles_and_functions")]
    operations = [migrations.RunSQL(CACHE, "DROP TABLE desk_cache")]
