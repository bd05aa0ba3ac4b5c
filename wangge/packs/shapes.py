# SPDX-License-Identifier: Apache-2.0
"""Boundaries of grids."""

from typing import Any

import shapely
from shapely.errors import ShapelyError
from shapely.geometry import shape


def boundary_fault(geometry: dict[str, Any]) -> tuple[str, str] | None:
    """Why `geometry` (GeoJSON) is no boundary of a grid, in two languages; None when it is one."""
    if geometry.get("type") != "Polygon":
        kind = geometry.get("type")
        return f"边界应为 Polygon，现为 {kind}。", f"The boundary must be a Polygon, not a {kind}."
    try:
        polygon = shape(geometry)
    except (ShapelyError, ValueError, TypeError, AttributeError, IndexError):
        return (
            "边界坐标有误：应为首尾相同的环。",
            "The boundary's coordinates are wrong: a ring ends where it starts.",
        )
    if polygon.is_empty or not polygon.is_valid:
        why = shapely.is_valid_reason(polygon)
        return f"边界无效（{why}），请修正。", f"The boundary is not valid ({why}); mend it."
    west, south, east, north = polygon.bounds
    if west < -180 or east > 180 or south < -90 or north > 90:
        return (
            "边界超出经纬度范围：应为 WGS84 经度在前、纬度在后。",
            "The boundary leaves the globe: write WGS84 longitude, then latitude.",
        )
    return None
