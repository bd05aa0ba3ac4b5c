# SPDX-License-Identifier: Apache-2.0
"""Whether the city shows recorded reports of another year, whose deadlines have all passed."""

from wangge.cases.models import Case
from wangge.cases.models.case import Origin

#: among so many of the newest reports: somebody may try a report of their own meanwhile
NEWEST = 50


def replayed_lately() -> bool:
    """Is one of the newest reports a replayed one? One look at the end of an index."""
    return Origin.REPLAYED in Case.objects.newest_first().values_list("origin", flat=True)[:NEWEST]
