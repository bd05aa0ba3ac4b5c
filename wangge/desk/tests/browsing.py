# SPDX-License-Identifier: Apache-2.0
"""Signed-in clients and the fields a page's form would send."""

import io
import re
from typing import Any
from uuid import uuid4

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image

from tests.city import person
from wangge.cases.models import Case


def client_of(login: str, language: str = "zh-hans") -> Client:
    """A browser in which this person is signed in."""
    client = Client(headers={"accept-language": language})
    client.force_login(person(login))
    return client


def picture(name: str = "photo.png", colour: str = "grey") -> SimpleUploadedFile:
    content = io.BytesIO()
    Image.new("RGB", (16, 12), colour).save(content, "PNG")
    return SimpleUploadedFile(name, content.getvalue(), "image/png")


def form_of(case: Case, **fields: Any) -> dict[str, Any]:
    """What the page of `case` as it is now sends for a step."""
    case.refresh_from_db()
    return {"key": str(uuid4()), "seen": str(case.log_seq)} | fields


def forbidden_in(html: str) -> list[str]:
    """What the content security policy would block: inline style and script."""
    return re.findall(r'<[^>]*\sstyle=|<style|<script(?![^>]*\ssrc=)|<[^>]*\son\w+="', html)
