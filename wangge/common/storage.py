# SPDX-License-Identifier: Apache-2.0
from pathlib import Path
from typing import Any

from django.core.files.storage import FileSystemStorage


class WholeFileStorage(FileSystemStorage):
    """Django's, but what a full disk cut short is removed. Files are saved under new names only."""

    def save(self, name: str | None, content: Any, max_length: int | None = None) -> str:
        try:
            return super().save(name, content, max_length)
        except OSError:
            if name:
                Path(self.path(name)).unlink(missing_ok=True)
            raise
