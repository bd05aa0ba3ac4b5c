# SPDX-License-Identifier: Apache-2.0
"""What a norm asks of a unit before the repair: to be on site, and to make the place safe. Pure."""

from wangge.cases.deadlines import Clock, Limit
from wangge.catalog.queries import NormInfo


def stages_of(norm: NormInfo | None) -> dict[str, Limit]:
    """The steps beside the repair, each with its limit; both run from the dispatch on, as the repair does."""
    if norm is None:
        return {}
    given = {
        "arrive": (norm.arrive_limit, norm.arrive_clock),
        "make_safe": (norm.safe_limit, norm.safe_clock),
    }
    return {step: Limit(value, Clock(clock)) for step, (value, clock) in given.items() if value}
