# SPDX-License-Identifier: Apache-2.0
"""Does a text hold what looks like somebody's telephone or identity number? Pure."""

import re

#: what people write between the digits
_GAP = r"[\s\-]?"
_ALONE, _OVER = r"(?<![0-9A-Za-z])", r"(?![0-9A-Za-z])"
#: a mobile number, with or without +86
_MOBILE = rf"{_ALONE}(?:\+?86{_GAP})?1{_GAP}[3-9](?:{_GAP}\d){{9}}{_OVER}"
#: a landline with its area code, in brackets or not
_LANDLINE = rf"{_ALONE}[(（]?0\d{{2,3}}[)）]?{_GAP}[2-8]\d{{2,3}}{_GAP}\d{{4}}{_OVER}"
#: a landline without one; no years side by side, and no amount
_LOCAL = (
    rf"(?<![0-9A-Za-z.\-])(?!20\d\d)[2-8]\d{{2,3}}{_GAP}\d{{4}}(?![0-9A-Za-z.]|\s?[元万件户人次米平个吨%])"
)
#: an identity number
_IDENTITY = rf"{_ALONE}\d{{6}}{_GAP}\d{{8}}{_GAP}\d{{3}}[\dXx]{_OVER}"
_PERSONAL = re.compile("|".join((_MOBILE, _LANDLINE, _LOCAL, _IDENTITY)))


def personal_number(text: str) -> bool:
    """True of mobile numbers, landlines and identity numbers, blanks and hyphens between their digits or not; dates, and
    numbers with letters before them or as long as the codes of cases and grids are none."""
    return _PERSONAL.search(text) is not None
