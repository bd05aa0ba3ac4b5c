# SPDX-License-Identifier: Apache-2.0
"""The long form: `pytest tests/fuzz --hypothesis-profile=long` tries other requests each time, many more of them."""

import sys
from collections import Counter

import pytest
from hypothesis import settings

settings.register_profile("long", max_examples=300, derandomize=False)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """How many made-up requests there were, and what they got."""
    answers = sys.modules.get("tests.fuzz.answers")
    if answers and answers.seen:
        statuses: Counter[int] = Counter()
        for (_, status), count in answers.seen.items():
            statuses[status] += count
        told = ", ".join(f"{status}: {count}" for status, count in sorted(statuses.items()))
        terminalreporter.write_line(f"{statuses.total()} made-up requests; {told}")
