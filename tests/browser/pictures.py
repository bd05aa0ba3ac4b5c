# SPDX-License-Identifier: Apache-2.0
"""Photos as a browser sends them."""

import io
import os

from PIL import Image
from playwright.sync_api import FilePayload


def picture(name: str = "photo.jpg", colour: str = "grey") -> FilePayload:
    """A small JPEG."""
    buffer = io.BytesIO()
    Image.new("RGB", (320, 240), colour).save(buffer, "JPEG")
    return {"name": name, "mimeType": "image/jpeg", "buffer": buffer.getvalue()}


def too_large(limit: int) -> FilePayload:
    """One byte more than `limit`."""
    return {"name": "large.jpg", "mimeType": "image/jpeg", "buffer": os.urandom(limit + 1)}
