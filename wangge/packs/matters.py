# SPDX-License-Identifier: Apache-2.0
"""What must hold between the catalogue's files: modules, classes, mappings, norms, sheets and forms."""

from collections.abc import Callable, Iterator
from typing import Any

from jsonschema import Draft202012Validator
from jsonschema.exceptions import SchemaError

from wangge.packs import schema
from wangge.packs.contents import Pack, Place
from wangge.packs.faults import Fault
from wangge.packs.references import AREA, CLASS, GENERATION, MODULE, references
from wangge.packs.trees import level_faults, loop_faults

Faults = Iterator[Fault]
_LONGEST_PATH = 100
NORMS_A_CLASS = 8
#: schemas from elsewhere would have to be fetched; a pattern can be written that never ends
FORBIDDEN = {"$ref", "$dynamicRef", "pattern", "patternProperties"}
#: what a field of a form may be; more would need a page of its own
FIELD_TYPES = ("string", "integer", "number", "boolean")


def _classes(pack: Pack) -> Faults:
    yield from references(pack.classes, "module", pack.modules, MODULE)
    yield from references(pack.classes, "generation", pack.generations, GENERATION)
    yield from references(pack.classes, "parent", pack.classes, CLASS)
    yield from loop_faults(pack.classes, "类别", "class", _LONGEST_PATH)
    yield from level_faults(pack.classes, ["major", "minor", "detail"])
    for row, place in pack.classes.items():
        parent = pack.classes.get(row.parent)
        if parent and parent.kind != row.kind:
            yield place.fault(
                f"kind 是 {row.kind}，上级“{parent.code}”却是 {parent.kind}。",
                f"kind is {row.kind}, but that of “{parent.code}” above it is {parent.kind}.",
            )
        if parent and parent.generation != row.generation:
            yield place.fault(
                f"目录版本是 {row.generation}，上级“{parent.code}”却是 {parent.generation}。",
                f"The generation is {row.generation}, but that of “{parent.code}” above it is {parent.generation}.",
            )


def _mappings(pack: Pack) -> Faults:
    yield from references(pack.mappings, "class_code", pack.classes, CLASS)
    yield from references(pack.mappings, "other", pack.classes, CLASS)
    same: dict[str, str] = {}
    for row, place in pack.mappings.items():
        one, other = pack.classes.get(row.class_code), pack.classes.get(row.other)
        if one and other and one.generation == other.generation:
            yield place.fault(
                f"“{one.code}”和“{other.code}”是同一目录版本的类别，不需要对应。",
                f"“{one.code}” and “{other.code}” belong to one generation; classes of different ones are mapped.",
            )
        if row.relation == "same" and other:
            first = same.setdefault(f"{row.class_code} {other.generation}", row.other)
            if first != row.other:
                yield place.fault(
                    f"“{row.class_code}”已与“{first}”相同，不能又与“{row.other}”相同。",
                    f"“{row.class_code}” is already the same as “{first}”; it cannot be “{row.other}” too.",
                )


def _norms(pack: Pack) -> Faults:
    yield from references(pack.norms, "class_code", pack.classes, CLASS)
    for row, place in pack.norms.items():
        number = row.code.removeprefix(f"{row.class_code}-")
        if number not in map(str, range(1, NORMS_A_CLASS + 1)):
            yield place.fault(
                f"代码应为“{row.class_code}-1”至“-{NORMS_A_CLASS}”。",
                f"The code must be “{row.class_code}-1” to “-{NORMS_A_CLASS}”.",
            )
        yield from _stages(row, place)
    if any(table.unread for table in (pack.norms, pack.classes, pack.mappings)):
        return
    served = {row.class_code for row in pack.norms.rows.values()} | {
        code.rpartition("-")[0] for (code,) in pack.norms.refused
    }
    inner = {row.parent for row in pack.classes.rows.values()}
    mapped = _mapped(pack)
    for leaf, place in pack.classes.items():
        edition = pack.generations.get(leaf.generation)
        if leaf.code in inner or edition is None or not edition.filing:
            continue  # nothing is filed under it, or its generation is unknown, which was told
        codes = leaf.code, mapped.get(leaf.code, "")
        if not any(_served(pack, code, served) for code in codes):
            yield place.fault(
                f"“{leaf.code}”及其上级都没有立案条件和时限，无法立案；请在 norms.csv 中补上。",
                f"Neither “{leaf.code}” nor a class above it has a norm, so no case could be filed; add one to norms.csv.",
            )


def _stages(row: schema.NormRow, place: Place) -> Faults:
    """Limits before the main one: each with its clock, the first of two stages with what makes safe."""
    for name, zh in (("arrive", "到场"), ("safe", "先行处置")):
        limit, clock = getattr(row, f"{name}_limit"), getattr(row, f"{name}_clock")
        if (limit is None) != (clock == ""):
            yield place.fault(
                f"{zh}时限 {name}_limit 和 {name}_clock 应同时填写或同时留空。",
                f"{name}_limit and {name}_clock are given together or not at all.",
            )
    if (row.safe_limit is None) != (not row.safe_zh) or (not row.safe_zh) != (not row.safe_en):
        yield place.fault(
            "先行处置时限 safe_limit 与措施 safe_zh、safe_en 应同时填写或同时留空。",
            "safe_limit and what makes safe (safe_zh, safe_en) are given together or not at all.",
        )


def _mapped(pack: Pack) -> dict[str, str]:
    """Class -> the class of another generation whose norms it uses, as catalog.queries has it."""
    rows = (row for row in pack.mappings.rows.values() if row.relation != "broader")
    found = dict(key for key in pack.mappings.refused if len(key) == 2)
    for row in sorted(rows, key=lambda row: (row.relation != "same", row.other)):
        found.setdefault(row.class_code, row.other)
    return found


def _served(pack: Pack, code: str, served: set[str]) -> bool:
    seen: set[str] = set()
    while code and code not in seen:
        if code in served:
            return True
        seen.add(code)
        row = pack.classes.get(code)
        code = row.parent if row else ""
    return False


def _procedures(pack: Pack) -> Faults:
    yield from references(pack.procedures, "class_code", pack.classes, CLASS)


def _forms(pack: Pack) -> Faults:
    yield from references(pack.forms, "class_code", pack.classes, CLASS)
    if pack.areas.rows:  # a base pack has none
        yield from references(pack.forms, "area", pack.areas, AREA)
    for row, place in pack.forms.items():
        try:
            Draft202012Validator.check_schema(row.fields)
        except SchemaError as error:
            where = ".".join(map(str, error.path)) or "fields"
            yield place.fault(
                f"不是有效的 JSON Schema（{where}：{error.message}）。",
                f"Not a valid JSON Schema ({where}: {error.message}).",
            )
            continue
        yield from _fields(row, place)


def _fields(row: schema.FormRow, place: Place) -> Faults:
    properties = row.fields.get("properties")
    if row.fields.get("type") != "object" or not isinstance(properties, dict) or not properties:
        yield place.fault(
            "fields 应为 type: object，并至少有一项 properties。",
            "fields must have type: object and at least one of properties.",
        )
        return
    for name, rule in properties.items():
        kind = rule.get("type") if isinstance(rule, dict) else None
        if kind not in FIELD_TYPES:
            known = ", ".join(FIELD_TYPES)
            yield place.fault(
                f"字段“{name}”的 type 只能是 {known}。", f"The type of field “{name}” must be one of {known}."
            )
        elif not rule.get("title") or not rule.get("title_en"):
            yield place.fault(
                f"字段“{name}”缺少 title（中文名）或 title_en。",
                f"Field “{name}” lacks its title (Chinese) or title_en.",
            )
        else:
            yield from _choices(name, rule, place)


def _choices(name: str, rule: dict[str, Any], place: Place) -> Faults:
    """A word for each value that may be chosen; and no schema from elsewhere, which the server would have to fetch."""
    for word in sorted(FORBIDDEN & set(_words(rule))):
        yield place.fault(
            f"字段“{name}”不能用 {word}；请直接写出简单的规则。",
            f"Field “{name}” cannot use {word}; write a plain rule out.",
        )
    for words in ("x-enum-zh", "x-enum-en"):
        given = rule.get(words)
        if given is not None and (not isinstance(given, list) or len(given) != len(rule.get("enum", ()))):
            yield place.fault(
                f"字段“{name}”的 {words} 应与 enum 一一对应。",
                f"{words} of field “{name}” must give one word for each enum value.",
            )


def _words(schema: Any) -> Iterator[str]:
    """Every key of a schema, however deep."""
    for key, value in schema.items() if isinstance(schema, dict) else ():
        yield key
        yield from _words(value)
    for value in schema if isinstance(schema, list) else ():
        yield from _words(value)


#: the rules, in the order in which a reader of the files meets them
MATTERS: tuple[Callable[[Pack], Faults], ...] = (_classes, _mappings, _norms, _procedures, _forms)
