# SPDX-License-Identifier: Apache-2.0
"""The hash chain of official records: ids, codes and salted digests, so that text can be redacted.

Text and its salt stand in a redactable row; only their digest is chained. Destroying both makes the
text unrecoverable (a salt of 16 random bytes defeats guessing) while every link still verifies.
"""

import hashlib
import json
import secrets
from collections.abc import Mapping
from typing import Any

START = b"\0" * 32


def new_salt() -> bytes:
    """16 random bytes."""
    return secrets.token_bytes(16)


def text_digest(text: str, salt: bytes) -> str:
    """Hex SHA-256 of salt and text."""
    return hashlib.sha256(salt + text.encode()).hexdigest()


def link(previous: bytes, entry: Mapping[str, Any]) -> bytes:
    """The 32-byte digest of `entry` (JSON-serialisable: ids, codes, digests, moments as text) after `previous`."""
    body = json.dumps(entry, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(previous + body.encode()).digest()
