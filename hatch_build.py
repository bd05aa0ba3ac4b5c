# SPDX-License-Identifier: Apache-2.0
"""Build hook: compiles the translations and the front end, so that neither is kept in the repository."""

import importlib.util
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class CustomBuildHook(BuildHookInterface):  # type: ignore[type-arg]
    """Runs before a wheel or an editable install is made."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Call build_assets.py, which does nothing when its sources are unchanged."""
        path = Path(self.root, "build_assets.py")
        spec = importlib.util.spec_from_file_location("build_assets", path)
        assert spec is not None and spec.loader is not None
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        module.build_assets(Path(self.root))
