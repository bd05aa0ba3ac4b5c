# SPDX-License-Identifier: Apache-2.0
"""Which life each case copies, up to which step, and when it was reported. The shares are invented."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import numpy as np

from benchmarks.seeding.lives import Life
from wangge.cases.flow import END_STATES, OPEN_STATES, State

#: reports come over this long; this share of all cases is open, its newest step within the last days
REPORTED_OVER = timedelta(days=365)
OPEN_SHARE, OPEN_WITHIN = 0.015, timedelta(days=4)
_OPEN = dict.fromkeys(OPEN_STATES, 6) | {State.HANDLING: 30, State.DISPATCHED: 12, State.INVESTIGATING: 2}


@dataclass(frozen=True)
class Chosen:
    """The cases to make, by moment of report: `reported` in microseconds UTC, `life` an index, `steps` taken."""

    reported: "np.ndarray[Any, Any]"
    life: "np.ndarray[Any, Any]"
    steps: "np.ndarray[Any, Any]"


def choose(lives: Sequence[Life], count: int, until: datetime, rng: np.random.Generator) -> Chosen:
    """`count` copies of `lives`, everything they went through before `until`."""
    ended = [
        (n, len(life.stages)) for n, life in enumerate(lives) if life.stages[-1].case["state"] in END_STATES
    ]
    by_state: dict[str, list[tuple[int, int]]] = {}
    for n, life in enumerate(lives):
        for step, stage in enumerate(life.stages, 1):
            if stage.case["state"] in _OPEN:
                by_state.setdefault(stage.case["state"], []).append((n, step))
    weights = np.array([_OPEN[State(state)] for state in by_state], dtype=float)
    opened = round(count * OPEN_SHARE)
    states = rng.choice(len(by_state), opened, p=weights / weights.sum())
    pools = [np.array(pool) for pool in by_state.values()]
    picks = [pools[state][rng.integers(len(pools[state]))] for state in states]
    still = np.array(picks, dtype=np.int64).reshape(-1, 2)
    over = np.array(ended)[rng.integers(len(ended), size=count - opened)]
    lasted = [np.array([m // timedelta(microseconds=1) for m in life.moments]) for life in lives]
    now = round(until.timestamp() * 1e6)
    rest = rng.uniform(0, OPEN_WITHIN / timedelta(microseconds=1), opened)
    reported_open = now - rest - np.array([lasted[n][step - 1] for n, step in still])
    length = np.array([lasted[n][step - 1] for n, step in over])
    year = REPORTED_OVER / timedelta(microseconds=1)
    reported_over = now - length - rng.uniform(0, 1, len(over)) * np.maximum(year - length, 0)
    reported = np.concatenate([reported_over, reported_open]).astype(np.int64)
    pairs, order = np.concatenate([over, still]), np.argsort(reported, kind="stable")
    return Chosen(reported[order], pairs[order, 0], pairs[order, 1])
