# SPDX-License-Identifier: Apache-2.0
"""The one place that reads the machine's clock. Views, jobs and commands call it; rules take `at`."""

from datetime import UTC, datetime


def now() -> datetime:
    """The present moment, aware, in UTC."""
    return datetime.now(UTC)
