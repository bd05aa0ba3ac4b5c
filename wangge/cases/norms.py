# SPDX-License-Identifier: Apache-2.0
"""Which norms of a class a case may be filed under where it lies."""

from wangge.catalog.queries import NormInfo, catalog
from wangge.grids.queries import grade_of


def norms_at(class_code: str, area_path: str) -> tuple[NormInfo, ...]:
    """Those that hold for the grade of the area."""
    return catalog().norms_for(class_code, grade_of(area_path))
