# SPDX-License-Identifier: Apache-2.0
"""The laws of drawing: the same frame, rule and seed draw the same cases; shares hold for every inspector."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wangge.inspectors.rules import Sampling, Share
from wangge.inspectors.sampling import Framed, draw, size

FRAMES = st.lists(
    st.builds(
        Framed, st.integers(1, 10**9), st.integers(1, 10**9).map("TC-{:09}".format),
        st.sampled_from(["closed", "rejected"]), st.sampled_from(["east", "west"]), st.sampled_from([None, 1, 2]),
    ),
    max_size=60, unique_by=lambda case: case.number,
)  # fmt: skip
RULE = Sampling(
    of="inspector",
    closed=Share(percent=10, least=1),
    simple=Share(percent=0, least=1),
    rejected=Share(percent=50, least=2),
    days=10,
)


@given(FRAMES, st.text(max_size=10), st.randoms())
def test_a_draw_is_reproducible_and_keeps_its_shares(frame: list[Framed], seed: str, random: object) -> None:
    drawn = draw(frame, RULE, seed)
    shuffled = [*frame]
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert draw(shuffled, RULE, seed) == drawn
    assert len({case.number for case in drawn.cases}) == len(drawn.cases) and set(drawn.cases) <= set(frame)
    for key in {stratum(case) for case in frame}:
        there = [case for case in frame if stratum(case) == key]
        taken = [case for case in drawn.cases if stratum(case) == key]
        assert len(taken) == size(RULE.share(there[0].kind), len(there))
    counted = [pair for squads in drawn.counts.values() for pair in squads.values()]
    assert [sum(column) for column in zip(*counted, strict=True)] in ([], [len(frame), len(drawn.cases)])
    by_squad = draw(frame, RULE.model_copy(update={"of": "squad"}), seed)
    assert {case[2:4] for case in by_squad.cases} == {case[2:4] for case in frame}


def stratum(case: Framed) -> tuple[object, ...]:
    """Kind, squad and inspector."""
    return case[2:]


@pytest.mark.parametrize(
    ("percent", "least", "cases", "drawn"),
    [(10, 1, 0, 0), (10, 1, 5, 1), (10, 1, 100, 10), (10, 1, 101, 11), (7, 0, 100, 7), (0, 1, 100, 0), (2, 3, 2, 2),
     (100, 0, 7, 7), (0.1, 0, 1000, 1)],
)  # fmt: skip
def test_the_size_of_a_draw(percent: float, least: int, cases: int, drawn: int) -> None:
    assert size(Share(percent=percent, least=least), cases) == drawn


def test_another_seed_draws_others() -> None:
    frame = [Framed(n, f"TC-{n}", "closed", "east") for n in range(200)]
    assert draw(frame, RULE, "a").cases != draw(frame, RULE, "b").cases
