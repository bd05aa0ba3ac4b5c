# SPDX-License-Identifier: Apache-2.0
"""Texts sealed before they reach the database, and found again by a keyed digest.

The keys stand among the secrets of the installation, one a line, the newest first: never in the database, never in a
backup. Sealed by the newest, opened by any of them. Sealing is Fernet (AES-128-CBC, then HMAC-SHA256).
"""

import hashlib
import hmac
from functools import lru_cache

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings

from wangge.common.errors import Conflict


class Unreadable(Conflict):
    code = "unreadable"
    zh = "这项内容由本机没有的密钥加密，无法读取。请系统管理员放回数据目录 secrets 中的 sealing 文件。"
    en = (
        "This was sealed with a key that is not here. "
        "Have the administrator put back the file “sealing” in the secrets of the data folder."
    )


@lru_cache(maxsize=4)
def _box(keys: tuple[str, ...]) -> MultiFernet:
    return MultiFernet([Fernet(f"{key}=") for key in keys])  # 32 bytes, their padding left out


def _keys() -> tuple[str, ...]:
    return tuple(settings.WANGGE_SEALING_KEYS)


def name_of(key: str) -> str:
    """A short name of a key; it tells nothing of the key."""
    return hashlib.sha256(f"name of {key}".encode()).hexdigest()[:8]


def newest_key() -> str:
    """The name of the key that seals now."""
    return name_of(_keys()[0])


def seal(text: str) -> str:
    """`text` sealed: another token every time."""
    return _box(_keys()).encrypt(text.encode()).decode()


def unseal(token: str) -> str:
    """The text in a token; raises Unreadable."""
    try:
        return _box(_keys()).decrypt(token.encode()).decode()
    except InvalidToken:
        raise Unreadable from None


def keyed_digest(text: str) -> str:
    """Hex HMAC-SHA256 of `text`, by a key of its own made from the newest: equal texts are found, none is guessed."""
    key = hmac.digest(_keys()[0].encode(), b"keyed digest", "sha256")
    return hmac.new(key, text.encode(), hashlib.sha256).hexdigest()
