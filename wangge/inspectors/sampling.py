# SPDX-License-Identifier: Apache-2.0
"""抽查, pure: which cases a rule and a seed draw. The same frame, rule and seed draw the same cases, in any order."""

import hashlib
import heapq
import math
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import NamedTuple

from wangge.inspectors.rules import Sampling, Share


class Framed(NamedTuple):
    """A case that may be drawn: its id and number, how it ended, the squad and the inspector whose work it was; None where no
    inspector had a hand in it."""

    id: int
    number: str
    kind: str
    squad: str
    inspector: int | None = None


@dataclass
class Drawn:
    """The cases drawn, and of each kind and squad how many there were and how many were drawn: no figure of a person."""

    cases: list[Framed] = field(default_factory=list)
    counts: dict[str, dict[str, list[int]]] = field(default_factory=dict)


def size(share: Share, cases: int) -> int:
    """How many of `cases` are drawn: the share rounded up, `least` at any rate, never more than there are. A share of 0
    draws none."""
    if not share.percent:
        return 0
    # in thousandths of a percent, so that 7 % of 100 is 7 and not 8
    wanted = math.ceil(cases * round(share.percent * 1000) / 100_000)
    return min(cases, max(wanted, share.least))


def lot(seed: str, number: str) -> bytes:
    """The lot of a case: no one can choose a seed for a case without drawing others by it."""
    return hashlib.sha256(f"{seed}\0{number}".encode()).digest()


def draw(frame: Iterable[Framed], rule: Sampling, seed: str) -> Drawn:
    """Of each inspector in a squad (or each squad, as the rule says) and each kind those with the smallest lots."""
    strata: dict[tuple[str, str, int], list[Framed]] = defaultdict(list)
    for case in frame:
        strata[case.kind, case.squad, (case.inspector or 0) if rule.of == "inspector" else 0].append(case)
    drawn = Drawn()
    for (kind, squad, _inspector), cases in sorted(strata.items()):
        wanted = size(rule.share(kind), len(cases))
        drawn.cases += heapq.nsmallest(wanted, cases, key=lambda case: lot(seed, case.number))
        counted = drawn.counts.setdefault(kind, {}).setdefault(squad, [0, 0])
        counted[0] += len(cases)
        counted[1] += wanted
    return drawn
