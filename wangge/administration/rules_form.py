# SPDX-License-Identifier: Apache-2.0
"""A document of rules as a form made from its shape: a field for each leaf, its structure left to the pack."""

import unicodedata
from collections.abc import Iterable, Iterator
from copy import deepcopy
from dataclasses import dataclass, field
from enum import Enum
from functools import reduce
from itertools import groupby
from types import NoneType
from typing import Any, Literal, get_args, get_origin

from django.http import QueryDict
from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from wangge.administration.choices import choices_of
from wangge.administration.columns import Words
from wangge.administration.rule_words import part_words
from wangge.organizations.directory import directory
from wangge.packs.remedies import explain
from wangge.supervision.rules import KEEPER
from wangge.ui.words import language, said

#: what identifies a thing, or says which place of the flow or the city it is for: structure
FIXED = frozenset({"code", "version", "stages", "longest", "area", "level", "units"})
#: one post, or several
POST, POSTS = frozenset({"inspector_post", "leader_post"}), frozenset({"tell"})
Path = tuple[str | int, ...]


@dataclass
class Leaf:
    """A field: `kind` fixed, text, number, number_or_none, span, choice or several; `wrong`: what must be corrected."""

    document: str
    path: Path
    kind: str
    value: Any
    choices: dict[str, Words] = field(default_factory=dict)
    most: int | None = None
    wrong: list[str] = field(default_factory=list)

    @property
    def name(self) -> str:
        """Of its input."""
        return "-".join(map(str, self.path))

    @property
    def text(self) -> str:
        """What stands in its input."""
        if self.value is None:
            return ""
        return f"{self.value:g}" if isinstance(self.value, float) else str(self.value)

    @property
    def words(self) -> Words:
        return part_words(self.document, str(self.path[-1]))

    @property
    def shown(self) -> list[str]:
        """What is fixed, in words."""
        several = isinstance(self.value, list) and self.kind != "span"
        return [self._said(one) for one in (self.value if several else [self.value]) if one not in (None, "")]

    def _said(self, one: Any) -> str:
        """A value, or a span of so many units of a clock."""
        if isinstance(one, list | tuple):
            return " ".join(map(self._said, one))
        return said(self.choices[one]) if one in self.choices else str(one)


@dataclass(frozen=True)
class Group:
    """Leaves that stand together: `title` of the section, and inside it of the item they belong to."""

    title: str
    items: list[tuple[str, list[Leaf]]]


def leaves_of(name: str, shape: type[BaseModel], document: dict[str, Any]) -> list[Leaf]:
    """Every leaf of a document of that shape, in its order."""
    return list(_walk(name, shape, document, ()))


def _walk(name: str, shape: type[BaseModel], document: dict[str, Any], path: Path) -> Iterator[Leaf]:
    for part, info in shape.model_fields.items():
        kind: Any = info.annotation
        value, here = document.get(part), (*path, part)
        inner: Any = get_args(kind)[0] if get_origin(kind) is list else None
        if _is_shape(kind):
            yield from _walk(name, kind, value or {}, here)
        elif _is_shape(inner):
            for number, one in enumerate(value or ()):
                yield from _walk(name, inner, one, (*here, number))
        else:
            most = next((m.max_length for m in info.metadata if hasattr(m, "max_length")), None)
            yield Leaf(name, here, _kind(part, kind, value), value, _choices(name, part, kind), most)


def _is_shape(kind: Any) -> bool:
    return isinstance(kind, type) and issubclass(kind, BaseModel)


def _is_span(kind: Any) -> bool:
    """So many units of a clock, or none."""
    return any(hasattr(one, "_fields") for one in (kind, *get_args(kind)))


def _kind(part: str, kind: Any, value: Any) -> str:
    if set(get_args(kind)) == {int, NoneType}:
        return "number_or_none"
    if part in FIXED or value is None:
        return "fixed"
    if get_origin(kind) is list:
        return "several"
    if part in POST:
        return "choice"
    if _is_span(kind):
        return "span"
    if kind in (int, float):
        return "number"
    return "text" if kind is str else "fixed"


def _choices(name: str, part: str, kind: Any) -> dict[str, Words]:
    if part in POST | POSTS:
        posts = {post.code: Words(post.name_zh, post.name_en) for post in directory().posts.values()}
        keeper = {KEEPER: Words("期限所待的人", "whoever the deadline waits for")}
        return posts | (keeper if part in POSTS else {})
    if _is_span(kind):
        return choices_of(name, "clock")
    inner = get_args(kind)[0] if get_origin(kind) is list else kind
    if get_origin(inner) is Literal:
        codes = [str(code) for code in get_args(inner)]
    elif isinstance(inner, type) and issubclass(inner, Enum):
        codes = [one.value for one in inner]
    else:
        codes = []
    known = choices_of(name, "clock" if part == "clocks" else part)
    return {code: known.get(code) or part_words(name, code) for code in codes}


def typed_rules(leaves: Iterable[Leaf], held: dict[str, Any], given: QueryDict) -> dict[str, Any]:
    """`held` with what the form may change; what it does not name stays. Numbers are left as typed for the shape to read."""
    typed = deepcopy(held)
    for leaf in leaves:
        if leaf.kind != "fixed" and (f"{leaf.name}-shown" if leaf.kind == "several" else leaf.name) in given:
            _at(typed, leaf.path[:-1])[leaf.path[-1]] = _typed(leaf, given)
    return typed


def _typed(leaf: Leaf, given: QueryDict) -> Any:
    if leaf.kind == "several":
        return given.getlist(leaf.name)
    text = given.get(leaf.name, "").strip()
    if leaf.kind in ("number", "number_or_none", "span"):
        text = unicodedata.normalize("NFKC", text)
    if leaf.kind == "number_or_none" and not text:
        return None
    return [text, given.get(f"{leaf.name}-clock", leaf.value[1])] if leaf.kind == "span" else text


def checked(shape: type[BaseModel], typed: dict[str, Any], leaves: Iterable[Leaf]) -> BaseModel | list[str]:
    """The document, or what is wrong: at its leaves, and what stands at none."""
    try:
        return shape.model_validate(typed)
    except ValidationError as error:
        leaves = list(leaves)
        return [text for d in error.errors(include_url=False) if (text := _mark(leaves, d))]


def _mark(leaves: list[Leaf], detail: ErrorDetails) -> str:
    """Put a fault at its leaf; "" then, else its sentence."""
    sentence = explain(detail)[0 if language() == "zh" else 1]
    leaf = next((one for one in leaves if detail["loc"][: len(one.path)] == one.path), None)
    if leaf is None:
        return sentence
    text = sentence.partition("：" if language() == "zh" else ": ")[2]
    leaf.wrong.append(text[:1].upper() + text[1:])
    return ""


def groups_of(leaves: Iterable[Leaf], document: dict[str, Any]) -> list[Group]:
    """By section; what stands by itself comes first."""
    found = []
    for section, some in groupby(leaves, key=lambda leaf: leaf.path[0] if len(leaf.path) > 1 else ""):
        part = list(some)
        items = [
            (_title(part[0].document, document, path), list(inside))
            for path, inside in groupby(part, key=lambda leaf: leaf.path[:-1])
        ]
        title = said(part_words(part[0].document, str(section))) if section else ""
        found.append(Group(title, items))
    return found


def _title(name: str, document: dict[str, Any], path: Path) -> str:
    """Of the parts below a section: an item of a list has a name of its own."""
    below = range(1, len(path))
    return " · ".join(
        said(part_words(name, part))
        if isinstance(part := path[n], str)
        else said(_at(document, path[: n + 1]))
        for n in below
    )


def _at(document: Any, path: Path) -> Any:
    """What stands there."""
    return reduce(lambda inside, part: inside[part], path, document)
