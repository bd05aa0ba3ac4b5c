# SPDX-License-Identifier: Apache-2.0
"""The limit of the machine: pgbench on the same cluster, durable, with rows and indexes like ours and nothing else.

No triggers, no foreign keys, no keys of senders, tasks, texts or notices: what the loop's figures are shares of.
"""

import os
import re
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from benchmarks.client import counted
from benchmarks.figures import Figure

CLIENTS = (1, 8, 32)
THREADS = 2
SECONDS = 10
ROWS = 100_000  # cases to update
SCHEMA = "benchmark_raw"
#: a case that may be changed from one of these states to the other and back
STATES = ("reported", "accepted")


def inserting(clients: int) -> str:
    """Name of the figure the intake is a share of."""
    return f"PostgreSQL alone: a case and a log row inserted, {counted(clients)}"


def updating(clients: int) -> str:
    """Name of the figure the steps are a share of."""
    return f"PostgreSQL alone: a state changed, a log row inserted, {counted(clients)}"


def measure(seconds: int = SECONDS) -> list[Figure]:
    """Transactions a second at 1, 8 and 32 clients. The installation holds a case to take the rows' size from."""
    with _tables() as (case, entry):
        insert = _script(_insert("cases", case), _insert("log", entry))
        update = f"\\set id random(1, {ROWS})\n" + _script(
            _UPDATE, _insert("log", entry | {"case_id": ":id"})
        )
        figures = []
        for name, script in ((inserting, insert), (updating, update)):
            figures += [_pgbench(name(clients), script, clients, seconds) for clients in CLIENTS]
    return figures


_UPDATE = (
    f"UPDATE {SCHEMA}.cases SET state = CASE state WHEN '{STATES[0]}' THEN '{STATES[1]}' ELSE '{STATES[0]}' END,"
    " log_seq = log_seq + 1, last_at = clock_timestamp(), log_digest = sha256(log_digest) WHERE id = :id;"
)


@contextmanager
def _tables() -> Iterator[tuple[dict[str, str], dict[str, str]]]:
    """Tables like ours in a schema of their own, filled; gives the columns of a case and of a log row as SQL."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(f"DROP SCHEMA IF EXISTS {SCHEMA} CASCADE")
        try:
            cursor.execute(
                f"CREATE SCHEMA {SCHEMA};"
                f"CREATE TABLE {SCHEMA}.cases (LIKE cases_case INCLUDING ALL);"
                f"CREATE TABLE {SCHEMA}.log (LIKE cases_logentry INCLUDING ALL);"
                f"CREATE SEQUENCE {SCHEMA}.case_ids START {ROWS + 1}"
            )
            case = _row(cursor, "SELECT * FROM cases_case ORDER BY id DESC LIMIT 1")
            entry = _row(cursor, f"SELECT * FROM cases_logentry WHERE case_id = {case['id']} AND seq = 1")
            case |= {
                "state": f"'{STATES[0]}'",
                "closing": "''",
                "external_id": "''",
                "merged_into_id": "NULL",
            }
            columns, values = _lists(case | {"id": "n", "number": _number("n")})
            cursor.execute(
                f"INSERT INTO {SCHEMA}.cases ({columns}) SELECT {values} FROM generate_series(1, {ROWS}) n"
            )
            cursor.execute(f"ANALYZE {SCHEMA}.cases")
            next_case = f"nextval('{SCHEMA}.case_ids')"
            case |= {"id": next_case, "number": _number(f"currval('{SCHEMA}.case_ids')")}
            yield (
                case,
                entry | {"case_id": f"currval('{SCHEMA}.case_ids')", "recorded_at": "clock_timestamp()"},
            )
        finally:
            cursor.execute(f"DROP SCHEMA IF EXISTS {SCHEMA} CASCADE")


def _row(cursor: Any, query: str) -> dict[str, str]:
    """The first row of the query, every column as an SQL literal."""
    cursor.execute(f"SELECT * FROM ({query}) r LIMIT 0")
    names = [column.name for column in cursor.description]
    literals = ", ".join(f"quote_nullable(r.{name}::text)" for name in names)
    cursor.execute(f"SELECT {literals} FROM ({query}) r")
    row = cursor.fetchone()
    if row is None:
        raise LookupError("there is no case yet: seed first")
    return {name: literal for name, literal in zip(names, row, strict=True)}


def _number(case_id: str) -> str:
    """A number as long as ours."""
    return f"'R20260101' || lpad(({case_id})::text, 8, '0')"


def _lists(row: dict[str, str]) -> tuple[str, str]:
    return ", ".join(row), ", ".join(row.values())


def _insert(table: str, row: dict[str, str]) -> str:
    columns, values = _lists(row)
    return f"INSERT INTO {SCHEMA}.{table} ({columns}) VALUES ({values});"


def _script(*statements: str) -> str:
    return "\n".join(("BEGIN;", *statements, "COMMIT;", ""))


def _pgbench(name: str, script: str, clients: int, seconds: int) -> Figure:
    from psycopg.conninfo import make_conninfo

    from wangge.config.binaries import copy_programs
    from wangge.config.cluster import Cluster
    from wangge.config.database import role_parameters

    parameters = role_parameters("owner")
    password = str(parameters.pop("password"))
    with tempfile.NamedTemporaryFile("w", suffix=".sql") as file:
        file.write(script)
        file.flush()
        command = [
            str(Path(copy_programs(Cluster().folder), "pgbench")), "--no-vacuum", "--protocol=prepared",
            f"--client={clients}", f"--jobs={min(clients, THREADS)}", f"--time={seconds}", f"--file={file.name}",
            make_conninfo(**parameters),
        ]  # fmt: skip
        done = subprocess.run(
            command, env=os.environ | {"PGPASSWORD": password}, text=True, capture_output=True
        )
    rate = re.search(r"tps = ([\d.]+)", done.stdout)
    latency = re.search(r"latency average = ([\d.]+) ms", done.stdout)
    failed = re.search(r"failed transactions: ([1-9]\d*)", done.stdout)
    if done.returncode or rate is None or latency is None or failed:
        raise RuntimeError(f"pgbench failed:\n{done.stdout[-2000:]}\n{done.stderr[-2000:]}")
    return Figure(name, float(rate[1]), "/s", note=f"{latency[1]} ms on average")
