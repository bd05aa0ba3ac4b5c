# SPDX-License-Identifier: Apache-2.0
"""Where this installation keeps its data, and the secrets in it."""

import contextlib
import os
import secrets
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parents[2]


def data_folder() -> Path:
    """WANGGE_DATA; else /var/lib/wangge for root, .wangge in a checkout, the user's data folder elsewhere."""
    named = os.environ.get("WANGGE_DATA")
    if named:
        return Path(named).expanduser().resolve()
    if os.geteuid() == 0:
        return Path("/var/lib/wangge")
    if (CHECKOUT / "pyproject.toml").is_file():
        return CHECKOUT / ".wangge"
    return Path(os.environ.get("XDG_DATA_HOME") or Path.home() / ".local/share") / "wangge"


def make_data_folder() -> Path:
    """Create the data directory. Others may pass through it (the database's own user must) but not list it.

    Folders that are there keep their modes.
    """
    folder = data_folder()
    for part in (*reversed(folder.parents), folder):
        if not part.exists():
            part.mkdir(exist_ok=True)
            part.chmod(0o711)
    return folder


def secret(name: str) -> str:
    """The random secret called `name` of this installation; made on first use, readable by its owner only."""
    folder = make_data_folder() / "secrets"
    folder.mkdir(mode=0o700, exist_ok=True)
    path = folder / name
    fresh = folder / f".{name}.{os.getpid()}"
    if not path.exists():
        with open(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(secrets.token_urlsafe(32))
        with contextlib.suppress(FileExistsError):
            os.link(fresh, path)  # unlike a rename, fails when another process was first
        fresh.unlink()
    return path.read_text()


def renew_secret(name: str, keep: list[str]) -> None:
    """Put a new secret above those of the present ones that are in `keep`, a line each."""
    held = [line for line in secret(name).split() if line in keep]
    path = data_folder() / "secrets" / name
    fresh = path.with_name(f".{name}.{os.getpid()}")
    with open(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write("\n".join([secrets.token_urlsafe(32), *held]))
    fresh.rename(path)
