# SPDX-License-Identifier: Apache-2.0
"""Rows into the database: COPY without triggers and checks of references, indexes built afterwards."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import datetime
from queue import SimpleQueue
from typing import Any

import psycopg
from psycopg import sql

from wangge.config.database import find_server

#: in the order of their references
TABLES = (
    "cases_case", "cases_logentry", "cases_casetext", "cases_photo", "cases_task", "cases_dispatch",
    "cases_siderecord", "notices_notice",
)  # fmt: skip
#: definitions of what is dropped while rows are loaded: whoever comes after a killed seeding builds them first
_DROPPED = "bench_dropped_index"


def connect() -> psycopg.Connection:
    """A connection of the administrator whose rows start no trigger and whose commits do not wait for the disk."""
    server = find_server()
    connection = server.connect(server.database)
    connection.execute("SET session_replication_role = replica")
    connection.execute("SET synchronous_commit = off")
    connection.execute("SET timezone = 'UTC'")
    return connection


def copy_lines(
    cursor: psycopg.Cursor[Any], columns: Mapping[str, tuple[str, ...]], lines: Mapping[str, list[str]]
) -> None:
    """Write lines of COPY, table by table, in the running transaction."""
    for table in TABLES:
        if lines.get(table):
            names = sql.SQL(", ").join(map(sql.Identifier, columns[table]))
            statement = sql.SQL("COPY {} ({}) FROM STDIN").format(sql.Identifier(table), names)
            with cursor.copy(statement) as copy:
                copy.write("".join(lines[table]))


def next_ids(cursor: psycopg.Cursor[Any], sequence: str, count: int) -> list[int]:
    """Take `count` ids from a sequence."""
    cursor.execute("SELECT nextval(%s::text::regclass) FROM generate_series(1, %s::int)", [sequence, count])
    return [row[0] for row in cursor.fetchall()]


def next_id_of_run(cursor: psycopg.Cursor[Any], sequence: str, count: int) -> int:
    """Take `count` ids in a row, while nobody else takes any; the first of them."""
    (first,) = next_ids(cursor, sequence, 1)
    if count > 1:
        cursor.execute("SELECT setval(%s::text::regclass, %s::bigint)", [sequence, first + count - 1])
    return first


def open_months(cursor: psycopg.Cursor[Any], first: datetime, last: datetime) -> None:
    """The log's month partitions from `first` to `last`.

    What the default partition already holds of them (entries recorded before) stays in the way and is refused.
    """
    months = (last.year - first.year) * 12 + last.month - first.month + 1
    cursor.execute("SELECT cases_open_log_months(%s::date, %s)", [first.date(), months])


@contextmanager
def without_indexes(connections: Sequence[psycopg.Connection]) -> Iterator[None]:
    """Drop the indexes no constraint stands on while the block runs; build them again after it, come what may.

    Those whose condition lists values stay: they hold few rows, and their definition does not read back word for word.
    """
    build_indexes(connections)
    connection = connections[0]
    with connection.transaction():
        connection.execute(f"CREATE TABLE {_DROPPED} (definition text)")
        found = connection.execute(
            "SELECT i.indexrelid::regclass::text, pg_get_indexdef(i.indexrelid) FROM pg_index i"
            " WHERE i.indrelid = ANY(%s::regclass[]) AND NOT i.indisunique"
            " AND pg_get_indexdef(i.indexrelid) NOT LIKE '%%ARRAY[%%'",
            [list(TABLES)],
        ).fetchall()
        for name, definition in found:
            # of the partitioned log: with its partitions
            whole = definition.replace(" ON ONLY ", " ON ")
            connection.execute(f"INSERT INTO {_DROPPED} VALUES (%s)", [whole])
            connection.execute(f"DROP INDEX {name}")
    try:
        yield
    finally:
        build_indexes(connections)


def build_indexes(connections: Sequence[psycopg.Connection]) -> None:
    """Build what a seeding has dropped, one index on each connection at a time."""
    if connections[0].execute("SELECT to_regclass(%s)", [_DROPPED]).fetchone() == (None,):
        return

    def build(connection: psycopg.Connection, definition: str) -> None:
        with connection.transaction():
            connection.execute(definition)
            connection.execute(f"DELETE FROM {_DROPPED} WHERE definition = %s", [definition])

    found = connections[0].execute(f"SELECT definition FROM {_DROPPED}").fetchall()
    _side_by_side(connections, build, [definition for (definition,) in found])
    connections[0].execute(f"DROP TABLE {_DROPPED}")


def filled(connection: psycopg.Connection) -> list[str]:
    """The tables rows are in: of the log its partitions."""
    found = connection.execute(
        # a table without partitions is not in its own tree
        "SELECT coalesce(p.relid, t)::regclass::text FROM unnest(%s::regclass[]) AS t"
        " LEFT JOIN pg_partition_tree(t) AS p ON true WHERE p.relid IS NULL OR p.isleaf",
        [list(TABLES)],
    )
    return [table for (table,) in found.fetchall()]


def settle(connections: Sequence[psycopg.Connection]) -> None:
    """Statistics and visibility as autovacuum would have them in time."""
    _side_by_side(
        connections, lambda c, table: c.execute(f"VACUUM (ANALYZE) {table}"), filled(connections[0])
    )
    connections[0].execute("ANALYZE cases_logentry")  # of all partitions together
    connections[0].execute("CHECKPOINT")


def _side_by_side(
    connections: Sequence[psycopg.Connection], do: Callable[[psycopg.Connection, str], Any], things: list[str]
) -> None:
    free: SimpleQueue[psycopg.Connection] = SimpleQueue()
    for connection in connections:
        free.put(connection)

    def one(thing: str) -> None:
        connection = free.get()
        try:
            do(connection, thing)
        finally:
            free.put(connection)

    with ThreadPoolExecutor(len(connections)) as threads:
        list(threads.map(one, things))
