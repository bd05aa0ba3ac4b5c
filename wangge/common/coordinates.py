# SPDX-License-Identifier: Apache-2.0
"""Coordinate systems at the edge: stored as WGS84 (CGCS2000 is the same within a metre).

GCJ-02 is the offset system of Chinese public maps, BD-09 Baidu's further offset. The constants and
series are the published public form of the offset; it holds inside China only.
"""

import math
from enum import StrEnum
from typing import NamedTuple

from wangge.common.errors import BadInput

_AXIS = 6378245.0
_ECCENTRICITY_SQUARED = 0.00669342162296594323
_BD_ANGLE = math.pi * 3000.0 / 180.0


class CoordinateSystem(StrEnum):
    WGS84 = "WGS84"
    GCJ02 = "GCJ-02"
    BD09 = "BD-09"


class Point(NamedTuple):
    """Longitude and latitude in degrees, WGS84."""

    lon: float
    lat: float


class CoordinatesOutOfRange(BadInput):
    code = "coordinates_out_of_range"
    zh = "坐标超出范围（经度 {lon}，纬度 {lat}）：经度应在 ±180 之间，纬度应在 ±90 之间，请检查是否写反。"
    en = "Coordinates out of range (longitude {lon}, latitude {lat}): check that they are not swapped."


def to_wgs84(lon: float, lat: float, system: CoordinateSystem) -> Point:
    """`lon`, `lat` (degrees, in `system`) as WGS84; raises CoordinatesOutOfRange."""
    if not (math.isfinite(lon) and math.isfinite(lat) and -180 <= lon <= 180 and -90 <= lat <= 90):
        raise CoordinatesOutOfRange(lon=lon, lat=lat)
    if system is CoordinateSystem.BD09:
        lon, lat = _bd09_to_gcj02(lon, lat)
    if system is CoordinateSystem.WGS84:
        return Point(lon, lat)
    return _gcj02_to_wgs84(lon, lat)


def distance_m(a: Point, b: Point) -> float:
    """Metres between two points close to each other (equirectangular; error < 0.1 % within 10 km)."""
    x = math.radians(b.lon - a.lon) * math.cos(math.radians((a.lat + b.lat) / 2))
    y = math.radians(b.lat - a.lat)
    return math.hypot(x, y) * 6371008.8


def wgs84_to_gcj02(lon: float, lat: float) -> Point:
    """WGS84 degrees as GCJ-02 degrees."""
    d_lon, d_lat = _offset(lon - 105.0, lat - 35.0)
    rad = math.radians(lat)
    magic = 1 - _ECCENTRICITY_SQUARED * math.sin(rad) ** 2
    root = math.sqrt(magic)
    d_lat = d_lat * 180.0 / ((_AXIS * (1 - _ECCENTRICITY_SQUARED)) / (magic * root) * math.pi)
    d_lon = d_lon * 180.0 / (_AXIS / root * math.cos(rad) * math.pi)
    return Point(lon + d_lon, lat + d_lat)


def _gcj02_to_wgs84(lon: float, lat: float) -> Point:
    # The offset has no closed inverse; four fixed-point rounds bring the error under a millimetre.
    guess = Point(lon, lat)
    for _ in range(4):
        shifted = wgs84_to_gcj02(*guess)
        guess = Point(guess.lon - (shifted.lon - lon), guess.lat - (shifted.lat - lat))
    return guess


def _bd09_to_gcj02(lon: float, lat: float) -> Point:
    x, y = lon - 0.0065, lat - 0.006
    z = math.hypot(x, y) - 0.00002 * math.sin(y * _BD_ANGLE)
    theta = math.atan2(y, x) - 0.000003 * math.cos(x * _BD_ANGLE)
    return Point(z * math.cos(theta), z * math.sin(theta))


def _offset(x: float, y: float) -> tuple[float, float]:
    pi = math.pi
    waves = (20.0 * math.sin(6.0 * x * pi) + 20.0 * math.sin(2.0 * x * pi)) * 2.0 / 3.0
    lat = -100.0 + 2.0 * x + 3.0 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * math.sqrt(abs(x)) + waves
    lat += (20.0 * math.sin(y * pi) + 40.0 * math.sin(y / 3.0 * pi)) * 2.0 / 3.0
    lat += (160.0 * math.sin(y / 12.0 * pi) + 320.0 * math.sin(y * pi / 30.0)) * 2.0 / 3.0
    lon = 300.0 + x + 2.0 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * math.sqrt(abs(x)) + waves
    lon += (20.0 * math.sin(x * pi) + 40.0 * math.sin(x / 3.0 * pi)) * 2.0 / 3.0
    lon += (150.0 * math.sin(x / 12.0 * pi) + 300.0 * math.sin(x / 30.0 * pi)) * 2.0 / 3.0
    return lon, lat
