# SPDX-License-Identifier: Apache-2.0
"""The repository's own files, as the rules of this folder look at them."""

from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
FOLDERS = ("wangge", "packs", "tests", "benchmarks", "docs", ".ci")
BUILT = {"__pycache__", "node_modules", "dist", "migrations", ".venv"}


@cache
def files(*suffixes: str) -> list[Path]:
    """Every file of ours with one of `suffixes`, migrations and built files left out."""
    found = [path for path in ROOT.iterdir() if path.is_file()]
    for folder in FOLDERS:
        found += (ROOT / folder).rglob("*")
    return sorted(
        path
        for path in found
        if path.suffix in suffixes and path.is_file() and not BUILT & set(path.relative_to(ROOT).parts)
    )


def is_test(path: Path) -> bool:
    """Whether it is part of a suite rather than of the product."""
    return "tests" in path.relative_to(ROOT).parts or path.name == "conftest.py"


def name(path: Path) -> str:
    """Its path inside the repository."""
    return str(path.relative_to(ROOT))
