# SPDX-License-Identifier: Apache-2.0
"""The database or the disk fails: 503 in both languages, nothing half done, and the same request succeeds afterwards."""

import errno
import os
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, ExitStack, contextmanager
from pathlib import Path
from shutil import disk_usage
from typing import Any
from uuid import uuid4

import httpx
import psycopg
import pytest
from django.conf import settings
from django.core.files.storage import FileSystemStorage, default_storage
from django.db import OperationalError
from django.test import Client

from tests.city import person
from tests.loop import snapshot
from tests.processes.conftest import Wait
from wangge.cases.models import Case, Photo
from wangge.common import outages
from wangge.config.database import PATIENCE, find_server
from wangge.desk.tests.browsing import client_of
from wangge.exchange.tests.peers import make_peer, picture

AsRole = Callable[[str], AbstractContextManager[psycopg.Connection]]
REPORT = {"description": "井盖破损", "place": "东街"}
FULL_DISK = """
CREATE FUNCTION fail_as_on_a_full_disk() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION 'could not extend file: No space left on device' USING ERRCODE = 'disk_full'; END $$;
CREATE TRIGGER full_disk BEFORE INSERT ON cases_logentry FOR EACH ROW EXECUTE FUNCTION fail_as_on_a_full_disk();
"""
ROOM_AGAIN = "DROP TRIGGER full_disk ON cases_logentry"


@contextmanager
def no_connection_left(as_role: AsRole, to_be_ended: str) -> Iterator[None]:
    """Another program holds every connection the server gives, those of the role `to_be_ended` too."""
    ending = "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE usename = %s"
    with ExitStack() as held, find_server().connect() as administrator:

        def take_all() -> None:
            with pytest.raises(psycopg.OperationalError, match="reserved"):
                while True:
                    held.enter_context(as_role("owner"))

        take_all()
        administrator.execute(ending, [to_be_ended])
        take_all()
        yield


def test_connection_limit(web: str, as_role: AsRole, wait_for: Wait) -> None:
    """The page and the API say so, within the time a request waits; both go on by themselves."""
    key, person_ = make_peer("operator_1").key, Client()
    person_.force_login(person("operator_1"))
    cookies = {"sessionid": person_.cookies["sessionid"].value, "csrftoken": "x" * 32}
    form = REPORT | {"key": str(uuid4()), "channel": "operator", "csrfmiddlewaretoken": "x" * 32}
    sent = {"Authorization": f"Bearer {key}", "Idempotency-Key": str(uuid4())}

    def page() -> httpx.Response:
        return httpx.post(f"{web}/report/", data=form, cookies=cookies, timeout=30)

    def api() -> httpx.Response:
        return httpx.post(f"{web}/api/v1/cases", json=REPORT, headers=sent, timeout=30)

    assert api().status_code == 201
    sent["Idempotency-Key"] = str(uuid4())
    with no_connection_left(as_role, "wangge_web"), ThreadPoolExecutor() as both:
        refused, told = both.submit(page), both.submit(api)
        for answer in (refused.result(), told.result()):
            assert answer.status_code == 503 and answer.headers["Retry-After"] == "5"
            assert answer.elapsed.total_seconds() > PATIENCE - 1
        assert (
            "系统暂时不能应答" in refused.result().text and "cannot answer just now" in refused.result().text
        )
        assert told.result().json()["code"] == "unavailable"
        assert set(told.result().json()["message"]) == {"zh", "en"}
    wait_for(lambda: api().status_code == 201)
    assert page().status_code == 302
    assert Case.objects.count() == 3


@pytest.mark.parametrize("asked", ["page", "api"])
@pytest.mark.django_db(transaction=True)
def test_disk_full_at_the_log(city: None, as_role: AsRole, asked: str) -> None:
    """The server's own error for a full disk, raised where a step writes its log entry."""
    desk, peer, key = client_of("operator_1"), make_peer("operator_1"), uuid4()
    desk.raise_request_exception = False

    def send() -> Any:
        if asked == "page":
            return desk.post("/report/", REPORT | {"key": str(key), "channel": "operator"})
        return peer.post("/cases", REPORT, key=key)

    before = snapshot()
    with as_role("owner") as owner:
        owner.execute(FULL_DISK)
        answer = send()
        owner.execute(ROOM_AGAIN)
    assert (answer.status_code, answer["Retry-After"]) == (503, "60")
    told = answer.content.decode()
    assert "磁盘已满，这次操作没有保存" in told and "disk is full and nothing was saved" in told
    assert snapshot() == before
    assert send().status_code == (302 if asked == "page" else 201)
    assert Case.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_disk_full_at_a_photo(city: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """The disk takes the first bytes of the picture and no more."""
    peer = make_peer("operator_1")
    before = _kept_files()
    with monkeypatch.context() as patch:
        patch.setattr(FileSystemStorage, "_save", _half_saved)
        answer = peer.upload(picture())
    assert answer.status_code == 503 and answer.json()["code"] == "disk_full"
    assert not Photo.objects.exists()
    assert peer.upload(picture()).status_code == 201
    kept = Photo.objects.get()
    assert _kept_files() - before == {Path(default_storage.path(kept.file))}


def _kept_files() -> set[Path]:
    """Pictures of other tests may lie there too."""
    return {path for path in Path(default_storage.path("")).rglob("*") if path.is_file()}


def _half_saved(self: FileSystemStorage, name: str, content: object) -> str:
    path = Path(self.path(name))
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"\xff\xd8\xff")
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


@pytest.mark.django_db(transaction=True)
def test_a_database_that_died_of_a_full_disk(city: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """It only fails to answer: the disk tells why."""
    error = OperationalError("the connection is closed")
    assert type(outages.outage(error)) is outages.Unavailable
    assert outages.outage(ValueError()) is None and outages.outage(OSError(errno.EPIPE, "")) is None
    free = disk_usage(settings.WANGGE_DATA_FOLDER)._replace(free=outages.LEAST_FREE - 1)
    monkeypatch.setattr("shutil.disk_usage", lambda place: free)
    assert isinstance(outages.outage(error), outages.DiskFull)
