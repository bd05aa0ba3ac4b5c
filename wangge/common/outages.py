# SPDX-License-Identifier: Apache-2.0
"""What fails around the product and passes by itself or with an administrator's help: told as 503, never as a bare 500."""

import errno
import shutil

from django.conf import settings
from django.db import InterfaceError, OperationalError
from psycopg import errors

from wangge.common.errors import DomainError

#: bytes PostgreSQL needs to go on: one segment of its write-ahead log
LEAST_FREE = 16 << 20
DISK_FULL = (errno.ENOSPC, errno.EDQUOT)


class Unavailable(DomainError):
    """The database does not answer, or has no connection left. Whether a commit got through may be unknown."""

    code = "unavailable"
    http_status = 503
    #: seconds after which to try again: a killed database is back by then
    retry_after = 5
    zh = "系统暂时不能应答，这次操作可能没有记入。请几秒后重新提交；同一份内容重复提交不会重复办理。"
    en = (
        "The system cannot answer just now, and this may not have been recorded. Submit it again in a few seconds: "
        "the same form or key sent twice does nothing twice."
    )


class DiskFull(Unavailable):
    code = "disk_full"
    retry_after = 60
    zh = "服务器磁盘已满，这次操作没有保存。请告知系统管理员清理磁盘，然后重新提交；同一份内容重复提交不会重复办理。"
    en = (
        "The server's disk is full and nothing was saved. Tell your administrator, then submit it again: "
        "the same form or key sent twice does nothing twice."
    )


def outage(error: BaseException | None) -> Unavailable | None:
    """What `error` means when the surroundings failed (database, connections, disk); None for every other fault."""
    if isinstance(error, OSError) and error.errno in DISK_FULL:
        return DiskFull()
    if not isinstance(error, OperationalError | InterfaceError):
        return None
    if isinstance(error.__cause__, errors.DiskFull) or _is_full():
        return DiskFull()
    return Unavailable()


def _is_full() -> bool:
    """A database that died of a full disk only fails to answer: the disk itself tells why."""
    folder = settings.WANGGE_DATA_FOLDER
    return any(
        shutil.disk_usage(place).free < LEAST_FREE
        for place in (folder, folder / "postgres")
        if place.exists()
    )
