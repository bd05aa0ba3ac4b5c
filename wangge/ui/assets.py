# SPDX-License-Identifier: Apache-2.0
"""Where Vite put the files of an entry: read from its manifest."""

import json
from functools import cache
from pathlib import Path
from typing import Any

from django.core.exceptions import ImproperlyConfigured

DIST = Path(__file__).parent / "static/ui/dist"


@cache
def entry_files(entry: str) -> tuple[str, tuple[str, ...]]:
    """The script and the style sheets of entry `entry` ("page", "map"), as paths below the static root.

    Raises ImproperlyConfigured when the front end was not built or has no such entry.
    """
    try:
        manifest: dict[str, Any] = json.loads((DIST / "manifest.json").read_text())
        chunk = manifest[f"{entry}.ts"]
    except (FileNotFoundError, KeyError) as error:
        raise ImproperlyConfigured(
            f"前端尚未构建（{entry}），请运行 python build_assets.py。 The front end is not built: run python build_assets.py."
        ) from error
    sheets = list(chunk.get("css", ()))
    for name in chunk.get("imports", ()):
        sheets += [sheet for sheet in manifest[name].get("css", ()) if sheet not in sheets]
    return f"ui/dist/{chunk['file']}", tuple(f"ui/dist/{sheet}" for sheet in sheets)
