# SPDX-License-Identifier: Apache-2.0
"""The two lock files: no host in them, and in step with what they lock (`make lock` writes them anew)."""

import json
import re
import tomllib
from itertools import chain
from typing import Any

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

from tests.architecture.sources import ROOT


@pytest.mark.parametrize("lock", ["requirements.lock", "package-lock.json"])
def test_no_host(lock: str) -> None:
    text = (ROOT / lock).read_text()
    assert not re.findall(r".*://.*|.*--(?:index|extra-index|find-links).*", text)


def test_no_lock_that_would_name_hosts() -> None:
    ignored = (ROOT / ".gitignore").read_text().splitlines()
    assert {"uv.lock", "pylock.toml"} <= set(ignored)


def test_python_lock_holds_every_dependency() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    groups = [*project["project"]["optional-dependencies"].values(), *project["dependency-groups"].values()]
    asked = chain(project["project"]["dependencies"], *groups)
    locked: dict[str, list[Version]] = {}
    for line in (ROOT / "requirements.lock").read_text().splitlines():
        if match := re.match(r"([\w.\-]+)==([^ ;\\]+)", line):
            locked.setdefault(canonicalize_name(match[1]), []).append(Version(match[2]))
    missing = []
    for text in asked:
        requirement = Requirement(text)
        versions = locked.get(canonicalize_name(requirement.name), [])
        if not any(requirement.specifier.contains(version) for version in versions):
            missing.append(text)
    assert not missing


def test_every_locked_package_has_a_hash() -> None:
    text = (ROOT / "requirements.lock").read_text()
    packages = re.split(r"\n(?=\w)", text.strip())
    assert len(packages) > 50
    assert not [package.split()[0] for package in packages if "--hash=sha256:" not in package]


def test_node_lock_holds_every_dependency() -> None:
    package: dict[str, Any] = json.loads((ROOT / "package.json").read_text())
    locked = json.loads((ROOT / "package-lock.json").read_text())["packages"]
    for kind in ("dependencies", "devDependencies"):
        assert locked[""].get(kind, {}) == package.get(kind, {})
    without = [
        path
        for path, entry in locked.items()
        if path and "integrity" not in entry and not entry.get("inBundle")
    ]
    assert not without
