# SPDX-License-Identifier: Apache-2.0
"""The loop played by chance. Short here; long (100,000 steps) with --hypothesis-profile=long: see CONTRIBUTING.md."""

import time
from collections.abc import Callable

import pytest
from hypothesis import settings
from hypothesis.stateful import run_state_machine_as_test

from wangge.cases.models import FlowVersion
from wangge.cases.tests.machine import Loop
from wangge.cases.tests.machine_hands import Hands

pytestmark = pytest.mark.django_db(transaction=True)

LONG_RUN = 100_000
#: what is counted beside the answers of the door
OF_FLOWS = ("flows varied", "flows with other posts", "flows of a street", "cases by a street's flow")
NO_REFUSALS = ("door", "at once", "taken", "merged and back", *OF_FLOWS)


def test_no_order_of_steps_breaks_a_case(
    both: str, request: pytest.FixtureRequest, record_property: Callable[[str, object], None]
) -> None:
    profile = request.config.getoption("hypothesis_profile") or "short"
    Loop.counts.clear()
    Loop.took.clear()
    Loop.hands, Loop.standard = Hands(), FlowVersion.objects.current().get(area="")
    began = time.monotonic()
    try:
        run_state_machine_as_test(Loop, settings=settings.get_profile(profile))
        while profile == "long" and Loop.counts["door"] < LONG_RUN:
            print(f"{Loop.counts['door']} steps in {time.monotonic() - began:.0f} s", flush=True)
            run_state_machine_as_test(Loop, settings=settings.get_profile(profile))
    finally:
        Loop.hands.rest()
        seconds = time.monotonic() - began
        record_property(
            "loop machine", f"{_summary()}; {seconds:.0f} s, {Loop.counts['door'] / seconds:.0f} a second"
        )
    assert all(Loop.counts[name] for name in OF_FLOWS), "nothing but the standard flow was played"
    assert Loop.counts["taken"] > Loop.counts["door"] / 4, "a machine that is mostly refused proves little"
    assert profile != "long" or not _never_taken(), "a long run takes every step"


def _never_taken() -> set[str]:
    """Steps of the standard flow, on its line, beside it and of its records, that no rule has taken."""
    flow = Loop.standard.document
    known = {*flow["steps"], *flow["beside"]}.union(*(record["steps"] for record in flow["records"].values()))
    return known - {*Loop.took, "report"}


def _summary() -> str:
    counts = Loop.counts
    took = ", ".join(f"{code} {n}" for code, n in Loop.took.most_common())
    refused = ", ".join(f"{name} {n}" for name, n in counts.most_common() if name not in NO_REFUSALS)
    flows = ", ".join(f"{name} {counts[name]}" for name in OF_FLOWS)
    return (
        f"{counts['door']} steps, {counts['at once']} of them at once, {counts['taken']} taken, "
        f"merged and back {counts['merged and back']}, {flows}: {took}; "
        f"never taken: {', '.join(sorted(_never_taken()))}; "
        f"refused: {refused}"
    )
