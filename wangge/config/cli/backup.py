# SPDX-License-Identifier: Apache-2.0
"""`wangge backup` and `wangge restore`: one file with the database and the photos."""

import io
import os
import shutil
import subprocess
import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click
from psycopg import sql
from psycopg.conninfo import make_conninfo

from wangge.config.binaries import copy_programs
from wangge.config.cli.opening import start_database
from wangge.config.cluster import Cluster
from wangge.config.database import find_server, prepare_database, role_parameters
from wangge.config.faults import EnvironmentFault
from wangge.config.paths import data_folder, make_data_folder
from wangge.config.processes import check_stopped

DUMP = "database.dump"
PHOTOS = "photos"
MARK = "WANGGE-BACKUP"
FORMAT = b"1\n"


@click.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
def backup(file: Path) -> None:
    """Back up into FILE · 备份

    Writes database and photos into one tar file. The installation may go on running. Secrets
    are not in it: a restored installation makes its own.
    备份期间可以继续使用；不含密码和密钥。
    """
    start_database()
    partial = file.with_name(f".{file.name}.partial")
    with _scratch() as scratch, tarfile.open(partial, "w") as archive:
        mark = tarfile.TarInfo(MARK)
        mark.size = len(FORMAT)
        archive.addfile(mark, io.BytesIO(FORMAT))
        # The database first: photos are only ever added, so those it names are all there afterwards.
        _run_client("pg_dump", role_parameters("owner"), "-Fc", "-f", str(scratch / DUMP))
        archive.add(scratch / DUMP, DUMP)
        if (data_folder() / PHOTOS).is_dir():
            archive.add(data_folder() / PHOTOS, PHOTOS)
    partial.chmod(0o600)
    partial.rename(file)
    click.echo(f"已备份到 {file}（{file.stat().st_size / 1e6:.1f} MB）。 Backed up to {file}.")


@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--yes", is_flag=True, help="Do not ask. 不再询问。")
def restore(file: Path, yes: bool) -> None:
    """Bring a backup back · 恢复备份

    Replaces database and photos by those in FILE. The present data is given up only after the
    backup has been read completely. Stop `wangge run` first.
    备份完整读入后才会替换现有数据。请先停止 wangge run。
    """
    check_stopped()
    start_database()
    _check_unused()
    question = "现有数据将被替换，继续吗？ The present data will be replaced. Go on?"
    if not yes and not click.confirm(question):
        click.echo("没有恢复，现有数据没有改动。 Not restored; the present data was not changed.")
        raise click.exceptions.Exit(1)
    prepare_database()
    with _scratch() as scratch:
        _unpack(file, scratch)
        _restore_database(scratch / DUMP)
        _swap_photos(scratch / PHOTOS)
    click.echo("已恢复；请执行 wangge init。 Restored; now run wangge init.")


@contextmanager
def _scratch() -> Iterator[Path]:
    """A folder on the disk of the data, so that renaming works and space is judged where it counts."""
    with tempfile.TemporaryDirectory(prefix="backup-", dir=make_data_folder()) as folder:
        yield Path(folder)


def _unpack(file: Path, scratch: Path) -> None:
    try:
        with tarfile.open(file) as archive:
            archive.extractall(scratch, filter="data")
        if (scratch / MARK).read_bytes() != FORMAT or not (scratch / DUMP).is_file():
            raise ValueError("not a backup of this format")
    except (tarfile.TarError, OSError, ValueError, EOFError) as error:
        raise EnvironmentFault(
            f"{file} 不是完整的网格备份，现有数据没有改动：{error}",
            f"{file} is not a complete Wangge backup; nothing was changed.",
        ) from error


def _restore_database(dump: Path) -> None:
    """Read the dump into a new database beside the present one, then let them change names."""
    server = find_server()
    fresh, old = f"{server.database}_restoring", f"{server.database}_replaced"
    names = {
        "db": sql.Identifier(server.database),
        "fresh": sql.Identifier(fresh),
        "old": sql.Identifier(old),
    }
    with server.connect() as connection:
        connection.execute(sql.SQL("DROP DATABASE IF EXISTS {fresh}").format(**names))
        connection.execute(
            sql.SQL("CREATE DATABASE {fresh} OWNER wangge_owner TEMPLATE template0 ENCODING 'UTF8'").format(
                **names
            )
        )
        parameters = role_parameters("owner") | {"dbname": fresh}
        _run_client("pg_restore", parameters, "--exit-on-error", str(dump))
        connection.execute(sql.SQL("DROP DATABASE IF EXISTS {old}").format(**names))
        try:
            _check_unused()
        except EnvironmentFault:
            connection.execute(sql.SQL("DROP DATABASE {fresh}").format(**names))
            raise
        with connection.transaction():
            connection.execute(sql.SQL("ALTER DATABASE {db} RENAME TO {old}").format(**names))
            connection.execute(sql.SQL("ALTER DATABASE {fresh} RENAME TO {db}").format(**names))
        connection.execute(sql.SQL("DROP DATABASE {old}").format(**names))


def _check_unused() -> None:
    """Raises EnvironmentFault while anybody is connected to the city's database."""
    server = find_server()
    query = "SELECT count(*) FROM pg_stat_activity WHERE datname = %s AND backend_type = 'client backend'"
    with server.connect() as connection:
        if connection.execute(query, [server.database]).fetchone() != (0,):
            raise EnvironmentFault(
                "数据库仍在使用，没有改动：请先停止 wangge run 和其他使用它的程序。",
                "The database is in use and was not changed: stop wangge run and whatever else uses it.",
            )


def _swap_photos(restored: Path) -> None:
    photos = data_folder() / PHOTOS
    replaced = photos.with_name("photos.replaced")
    shutil.rmtree(replaced, ignore_errors=True)
    if photos.exists():
        photos.rename(replaced)
    if restored.is_dir():
        restored.rename(photos)
    shutil.rmtree(replaced, ignore_errors=True)


def _run_client(name: str, parameters: dict[str, object], *arguments: str) -> None:
    password = str(parameters["password"])
    named = {key: str(value) for key, value in parameters.items() if key != "password"}
    done = subprocess.run(
        [str(copy_programs(Cluster().folder) / name), "-d", make_conninfo(**named), *arguments],
        env=os.environ | {"PGPASSWORD": password},
        text=True,
        capture_output=True,
    )
    if done.returncode != 0:
        raise EnvironmentFault(
            f"{name} 失败，没有改动现有数据：\n{done.stderr.strip()[-2000:]}",
            f"{name} failed; the present data was not changed.",
        )
