# SPDX-License-Identifier: Apache-2.0
"""The tiny city with four levels that dispatch: the lowest first. All of it is rows of its pack.

Between the city and East Street lies a district, `SOUTH`; West Street stays with the city. New in East One: dispatcher_one
and the station `gzz` with clerk_gzz and handler_gzz; in the district: dispatcher_south and the department `nanqu` with
clerk_nanqu and handler_nanqu.
"""

import shutil
from datetime import datetime
from pathlib import Path

from tests.city import DISTRICT, EAST, EAST_ONE, FOLDER

CITY, SOUTH = DISTRICT, "990101D1"
STATION, SOUTH_UNIT = "gzz", "nanqu"
_SOURCE = "generated: a city of the tests"
#: by file: what stands there, and what stands instead; "" = added at the end
_CHANGES = {
    "levels.yaml": [("- {code: district", "- {code: city, name_zh: 市, name_en: City}\n- {code: district")],
    "pack.yaml": [("command_level: street", "command_level: community")],
    "areas.csv": [
        (",Tiny City,district,", ",Tiny City,city,"),
        ("East Street,street,990101,", f"East Street,street,{SOUTH},"),
        ("", f"{SOUTH},南区,South District,district,{CITY},{_SOURCE}"),
    ],
    "units.csv": [
        ("", f"{STATION},东一工作站,East One Station,station,,{EAST_ONE},{_SOURCE}"),
        ("", f"{SOUTH_UNIT},南区城管局,South District Bureau,department,,{SOUTH},{_SOURCE}"),
    ],
    "responsibility.csv": [
        ("", f"E01,{EAST_ONE},*,,,{STATION},,小事不出社区,Small matters stay in the community,{_SOURCE}"),
        ("", f"E01,{SOUTH},*,,,{SOUTH_UNIT},,区级统筹,The district coordinates,{_SOURCE}"),
        ("", f"E01,{CITY},*,,,swj,,市级统筹,The city coordinates,{_SOURCE}"),
    ],
    "people.csv": [
        ("", f"dispatcher_one,东一派遣员,dispatcher,,{EAST_ONE},{_SOURCE}"),
        ("", f"dispatcher_south,南区派遣员,dispatcher,,{SOUTH},{_SOURCE}"),
        ("", f"clerk_gzz,工作站经办员,unit_clerk,{STATION},{CITY},{_SOURCE}"),
        ("", f"handler_gzz,工作站处置员,handler,{STATION},{CITY},{_SOURCE}"),
        ("", f"clerk_nanqu,南区经办员,unit_clerk,{SOUTH_UNIT},{CITY},{_SOURCE}"),
        ("", f"handler_nanqu,南区处置员,handler,{SOUTH_UNIT},{CITY},{_SOURCE}"),
    ],
}  # fmt: skip
#: each level with its path, the lowest first
LEVELS = {
    "community": f"{CITY}/{SOUTH}/{EAST}/{EAST_ONE}/", "street": f"{CITY}/{SOUTH}/{EAST}/", "district": f"{CITY}/{SOUTH}/",
    "city": f"{CITY}/",
}  # fmt: skip


def load_four_levels(folder: Path, *, at: datetime) -> None:
    """Load it over the tiny city of the test's database; `folder`: where its pack is written."""
    from wangge.packs.loading import load_pack

    pack = shutil.copytree(FOLDER, folder / "four_levels")
    for file, changes in _CHANGES.items():
        text = (pack / file).read_text()
        for old, new in changes:
            assert old in text, (file, old)
            text = text.replace(old, new) if old else f"{text}{new}\n"
        (pack / file).write_text(text)
    load_pack(pack, at=at)
