# SPDX-License-Identifier: Apache-2.0
"""Text with gaps: values as COPY reads them, JSON as the chain writes it, `%s` where a copy differs."""

import json
import re
from collections.abc import Callable
from datetime import UTC, datetime
from hashlib import sha256
from operator import itemgetter
from typing import Any
from uuid import UUID

NULL = r"\N"


def escaped(text: str) -> str:
    """A text as COPY reads it."""
    return text.replace("\\", r"\\").replace("\t", r"\t").replace("\n", r"\n").replace("\r", r"\r")


def chained(previous: bytes, body: str) -> bytes:
    """What `wangge.common.chain.link` gives for an entry whose JSON is `body`."""
    return sha256(previous + body.encode()).digest()


_GAP = re.compile(r'"\\u0001(\d+)\\u0001"|\\u0000(\d+)\\u0000')


def quoted(gap: int) -> str:
    """Stands for a gap inside a JSON string; of the keys of an object, the gaps with lower numbers come first."""
    return f"\0{gap:04}\0"


def bare(gap: int) -> str:
    """Stands for a gap that is a whole JSON value."""
    return f"\1{gap:04}\1"


def template(value: Any) -> tuple[str, list[int]]:
    """JSON as the chain writes it, `%s` for every gap, and the gaps in their order."""
    text = json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    gaps = [int(one or other) for one, other in _GAP.findall(text)]
    return _GAP.sub("%s", text.replace("%", "%%")), gaps


def getter(gaps: list[int]) -> Callable[[list[str]], Any]:
    """What fills a template with these gaps."""
    return itemgetter(*gaps) if gaps else lambda values: ()


def cell(value: Any) -> str:
    """A value of a column as COPY reads it."""
    if value is None:
        return NULL
    if isinstance(value, bool):
        return "t" if value else "f"
    if isinstance(value, bytes | memoryview):
        return r"\\x" + bytes(value).hex()
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    if isinstance(value, list):
        return escaped("{" + ",".join(value) + "}")  # codes only
    if isinstance(value, dict):
        return escaped(json.dumps(value, ensure_ascii=False))
    assert isinstance(value, int | float | str | UUID), value
    return escaped(str(value))
