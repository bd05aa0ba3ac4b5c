# SPDX-License-Identifier: Apache-2.0
"""Who is in charge of what, at which level, and which classes an area stresses."""

from wangge.packs.schema.fields import AnyCode, Codes, Day, Row, coded, said


class ResponsibilityRow(Row):
    class_code: AnyCode = coded(30, empty=True, alias="class")
    place: AnyCode = coded(30, empty=True)
    owner: AnyCode = coded(50, empty=True)
    first_day: Day = None
    last_day: Day = None
    lead: str = coded(50)
    assist: Codes
    basis_zh: str = said(300)
    basis_en: str = said(300)
    source: str = said(300)


class CommandLevelRow(Row):
    """command_levels.csv: the level that dispatches a class first, where it is not the city's command_level."""

    class_code: str = coded(30, alias="class")
    level: str = coded(20)
    source: str = said(300)


class AreaProfileRow(Row):
    """area_profiles.csv: the classes an area stresses; whoever works there finds them first."""

    area: str = coded(20)
    classes: Codes
    source: str = said(300)
