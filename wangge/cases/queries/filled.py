# SPDX-License-Identifier: Apache-2.0
"""The forms filled in with many cases, for a sheet of them."""

from collections import defaultdict
from collections.abc import Sequence

from wangge.cases.models import FilledForm
from wangge.cases.queries.timeline import Filled
from wangge.catalog.queries import form


def filled_in(case_ids: Sequence[int]) -> dict[int, list[Filled]]:
    """The forms of each case in the order they were filled in; redacted ones are left out. One query, and one for each
    version of a form this process has not met."""
    found: dict[int, list[Filled]] = defaultdict(list)
    rows = FilledForm.objects.filter(case__in=case_ids, answers__isnull=False).order_by("case", "seq")
    for case_id, form_id, answers in rows.values_list("case_id", "form_id", "answers"):
        found[case_id].append(Filled(form(form_id), answers))
    return found
