# SPDX-License-Identifier: Apache-2.0
from pathlib import Path
from typing import Any

from django.core.files.storage import FileSystemStorage


class WholeFileStorage(FileSystemStorage):
    """Django's, but what a full disk cut short is removed. Names must be new ones."""

    def _save(self, name: str, content: Any) -> str:
        try:
            return super()._save(name, content)
        except OSError:
            Path(self.path(name)).unlink(missing_ok=True)
            raise
