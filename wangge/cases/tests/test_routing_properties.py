# SPDX-License-Identifier: Apache-2.0
"""Whatever the matrix holds: every case goes somewhere, always to the same unit, and by a row of its period."""

from datetime import date, timedelta
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from wangge.cases.routing import INVALID, Decision, Matrix, MatrixRow

UNITS = ("a", "b", "c", "ended")
KNOWN = frozenset(UNITS[:3])
DEFAULT = "office"
CLASSES, PLACES, OWNERS = ("D", "C", "B"), ("G", "S", "K"), ("o", "p")
DAY = date(2026, 3, 11)
days = st.integers(-3, 3).map(lambda n: DAY + timedelta(days=n))


@st.composite
def rows(draw: st.DrawFn) -> list[MatrixRow]:
    """Rows as a matrix holds them: one for each combination and first day, none whose period is turned round."""
    keys = st.tuples(
        st.sampled_from(("", *CLASSES, "other")),
        st.sampled_from(("", *PLACES, "other")),
        st.sampled_from(("", *OWNERS)),
        st.none() | days,
    )
    found = []
    for number, (class_code, place, owner, first) in enumerate(
        draw(st.lists(keys, unique=True, max_size=25))
    ):
        begun = first or DAY - timedelta(days=2)
        last = draw(st.sampled_from((None, *(begun + timedelta(days=n) for n in range(4)))))
        lead = draw(st.sampled_from(UNITS))
        assist = (draw(st.sampled_from(UNITS)),)
        found.append(
            MatrixRow(number, class_code, place, owner, lead, assist, first_day=first, last_day=last)
        )
    return found


def decide(matrix: list[MatrixRow], owner: str, avoid: str) -> Decision:
    return Matrix(matrix).route(CLASSES, PLACES, owner, default=DEFAULT, known=KNOWN, day=DAY, avoid={avoid})


def specificity(row: MatrixRow) -> tuple[bool, int, int, bool, int]:
    """Smaller is nearer: said anew, not as the matrix walks it."""
    return (
        row.owner == "",
        (*CLASSES, "").index(row.class_code),
        (*PLACES, "").index(row.place),
        row.first_day is None and row.last_day is None,
        (DAY - row.first_day).days if row.first_day else 1000,
    )


@settings(deadline=None, max_examples=300)
@given(
    rows(), st.sampled_from(("", *OWNERS)), st.sampled_from(("", *UNITS)), st.randoms(use_true_random=False)
)
def test_total_and_deterministic_and_by_a_row_of_its_period(
    matrix: list[MatrixRow], owner: str, avoid: str, draw_order: Random
) -> None:
    decision = decide(matrix, owner, avoid)
    fits = [
        row for row in matrix
        if row.class_code in ("", *CLASSES) and row.place in ("", *PLACES) and row.owner in ("", owner)
    ]  # fmt: skip
    may = [row for row in fits if row.holds(DAY) and row.lead != avoid]
    best = min(may, key=specificity, default=None)
    fires = best is not None and best.lead in KNOWN
    assert {other.row.id for other in decision.alternatives} | (
        {decision.row.id} if decision.row else set()
    ) == {row.id for row in fits}
    if fires:
        assert decision.row is not None and decision.lead == decision.row.lead in KNOWN
        assert decision.row == best
        assert decision.broken is None and set(decision.assist) <= KNOWN
    else:
        assert (decision.lead, decision.row) == (DEFAULT, None)
        assert decision.broken is None or decision.broken.why in INVALID

    again = decide(draw_order.sample(matrix, len(matrix)), owner, avoid)
    assert again == decision
