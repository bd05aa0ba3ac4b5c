# SPDX-License-Identifier: Apache-2.0
"""The files of a pack as pydantic models: what each row holds, in the names of the file.

Python names are the columns of the database; where the file says otherwise (`class`) an alias does. Dumped in
mode "json" and by alias a row is what stands in the file; dumped plainly it is what stands in the database.
Longest texts are those of the database's columns.
"""

from wangge.packs.schema.charge import (
    AreaProfileRow,
    CommandLevelRow,
    ResponsibilityRow,
)
from wangge.packs.schema.city import (
    AreaRow,
    ChannelRow,
    CityHead,
    Duplicate,
    DutyRow,
    GridRow,
    Head,
    HotlineRow,
    LayerRow,
    LevelRow,
    PersonRow,
    PostRow,
    UnitHoursRow,
    UnitRow,
    WalkerRow,
)
from wangge.packs.schema.fields import (
    IN_DATABASE,
    AnyCode,
    CodeOrNull,
    Codes,
    Day,
    Kind,
    NumberOrNone,
    OtherClock,
    Row,
    UnitKind,
    UnitKinds,
    YesNo,
    columns,
    optional,
)
from wangge.packs.schema.matters import (
    ClassRow,
    FormRow,
    GenerationRow,
    MappingRow,
    ModuleRow,
    NormRow,
    ProcedureRow,
)
from wangge.packs.schema.times import (
    Calendar,
    CalendarRow,
    HolidayRow,
    Season,
    Week,
)

__all__ = [
    "IN_DATABASE",
    "AnyCode",
    "AreaProfileRow",
    "AreaRow",
    "Calendar",
    "CalendarRow",
    "ChannelRow",
    "CityHead",
    "ClassRow",
    "CodeOrNull",
    "Codes",
    "CommandLevelRow",
    "Day",
    "Duplicate",
    "DutyRow",
    "FormRow",
    "GenerationRow",
    "GridRow",
    "Head",
    "HolidayRow",
    "HotlineRow",
    "Kind",
    "LayerRow",
    "LevelRow",
    "MappingRow",
    "ModuleRow",
    "NormRow",
    "NumberOrNone",
    "OtherClock",
    "PersonRow",
    "PostRow",
    "ProcedureRow",
    "ResponsibilityRow",
    "Row",
    "Season",
    "UnitHoursRow",
    "UnitKind",
    "UnitKinds",
    "UnitRow",
    "WalkerRow",
    "Week",
    "YesNo",
    "columns",
    "optional",
]
