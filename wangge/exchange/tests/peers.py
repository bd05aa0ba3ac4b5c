# SPDX-License-Identifier: Apache-2.0
"""Peers of the tiny city: each calls the API over HTTP as one person, with a key of its own."""

import io
import json
import re
from collections.abc import Callable
from typing import Any
from uuid import uuid4

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image

from wangge.common.clock import now
from wangge.exchange.actions import create_key
from wangge.exchange.models import ApiKey

ALL = tuple(ApiKey.Scope.values)


class Peer:
    """One key over HTTP."""

    def __init__(self, key: str) -> None:
        self.key = key
        self._client = Client(raise_request_exception=False)

    def get(self, path: str, **query: Any) -> Any:
        return self._client.get(f"/api/v1{path}", query, headers=self._headers())

    def post(self, path: str, body: Any, *, key: object = None, **headers: str) -> Any:
        """`body` as JSON unless it is bytes already; `key` a new one unless given."""
        content = body if isinstance(body, bytes) else json.dumps(body)
        sent = self._headers() | {"Idempotency-Key": str(key or uuid4())} | headers
        return self._client.post(f"/api/v1{path}", content, content_type="application/json", headers=sent)

    def upload(self, content: bytes, name: str = "photo.jpg", key: object = None) -> Any:
        sent = self._headers() | {"Idempotency-Key": str(key or uuid4())}
        return self._client.post("/api/v1/photos", {"file": SimpleUploadedFile(name, content)}, headers=sent)

    def photo(self) -> str:
        """A waiting photo's id."""
        return str(self.upload(picture()).json()["id"])

    def _headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.key}"} if self.key else {}


PeerMaker = Callable[..., Peer]


def make_peer(login: str, *scopes: str, per_minute: int = 600) -> Peer:
    _, key = create_key(login=login, name="test", scopes=scopes or ALL, per_minute=per_minute, at=now())
    return Peer(key)


def picture(width: int = 40, height: int = 30, kind: str = "JPEG", **options: Any) -> bytes:
    """A small picture, red on the left and blue on the right."""
    image = Image.new("RGB", (width, height), "red")
    image.paste("blue", (width // 2, 0, width, height))
    encoded = io.BytesIO()
    image.save(encoded, kind, **options)
    return encoded.getvalue()


def refused(response: Any, status: int, code: str) -> dict[str, Any]:
    """The body of a refusal, which must have this status and code and speak both languages."""
    assert response.status_code == status, response.content
    body: dict[str, Any] = response.json()
    assert body["code"] == code
    zh, en = body["message"]["zh"], body["message"]["en"]
    assert any("\u4e00" <= c <= "\u9fff" for c in zh) and re.search("[a-z]{2}", en)
    assert not {"{", "}"} & {*zh, *en}, "a sentence with a gap"
    for field in body.get("fields") or ():
        zh, en = field["problem"]["zh"], field["problem"]["en"]
        assert re.search("[\u4e00-\u9fff]", zh) and not re.search("[\u4e00-\u9fff]", en), field
        assert "不符合要求" not in zh and not {"{", "}"} & {*zh, *en}, "told in general words, or with a gap"
    return body
