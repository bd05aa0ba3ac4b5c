# SPDX-License-Identifier: Apache-2.0
import shutil
from pathlib import Path

import pytest

from wangge.packs.reading import shipped_packs

TINY = Path(__file__).resolve().parents[3] / "tests/tiny_city"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the tiny city with a flow, posts and channels of its own, to be spoilt."""
    copy = shutil.copytree(TINY, tmp_path / "tiny")
    for file in ("flow.yaml", "posts.yaml", "channels.csv", "inspectors.yaml"):
        shutil.copy(shipped_packs() / "standard" / file, copy)
    return copy
