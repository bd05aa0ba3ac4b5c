# SPDX-License-Identifier: Apache-2.0
"""What was measured: figures of one run on one machine, each beside the limit it is compared with."""

import json
import os
import platform
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path


@dataclass(frozen=True)
class Figure:
    """One measured value. `bar`: what it must reach (">= 400", "< 50"), "" for none.

    `of`: the figure of the same run it is a share of, by name, "" for none.
    """

    name: str
    value: float
    unit: str
    bar: str = ""
    of: str = ""
    note: str = ""

    @property
    def met(self) -> bool | None:
        """Whether the bar is reached; None without one."""
        if not self.bar:
            return None
        sign, _, limit = self.bar.partition(" ")
        wanted = float(limit.replace(",", ""))
        return self.value >= wanted if sign == ">=" else self.value < wanted


def percentile(values: Sequence[float], share: float) -> float:
    """The value below which `share` (0 to 1) of `values` lie; nearest rank. Raises ValueError without values."""
    if not values:
        raise ValueError("no values were measured")
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def keep(folder: Path, name: str, figures: Sequence[Figure]) -> None:
    """Keep the figures of a run as <folder>/figures/<name>.json, with the machine and the moment."""
    target = folder / "figures" / f"{name}.json"
    target.parent.mkdir(parents=True, exist_ok=True)
    at = f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC"
    found = {"at": at, "machine": machine(), "figures": [asdict(figure) for figure in figures]}
    target.write_text(json.dumps(found, ensure_ascii=False, indent=1) + "\n")


def machine() -> str:
    """Processors, memory, system and present load of this machine."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1024**3
    load = os.getloadavg()[0]
    return f"{os.cpu_count()} cores, {memory:.0f} GiB, {platform.system()}, Python {platform.python_version()}, load {load:.1f}"


def table(figures: Sequence[Figure]) -> str:
    """The figures as a Markdown table: value, share of what it is compared with, bar and whether it is reached."""
    by_name = {figure.name: figure for figure in figures}
    lines = ["| what | measured | share | bar | |", "| --- | ---: | ---: | ---: | --- |"]
    for f in figures:
        base = by_name.get(f.of)
        share = f"{f.value / base.value:.1%} of {base.name}" if base and base.value else ""
        met = {True: "met", False: "**missed**", None: ""}[f.met]
        note = "; ".join(part for part in (met, f.note) if part)
        lines.append(f"| {f.name} | {number(f.value)} {f.unit} | {share} | {f.bar} | {note} |")
    return "\n".join(lines)


def number(value: float) -> str:
    """Three significant digits, or whole with separators."""
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"
