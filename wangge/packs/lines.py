# SPDX-License-Identifier: Apache-2.0
"""YAML that knows its lines."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import yaml

#: the parser in C, ten times as fast, where PyYAML was built with it
_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
Path = tuple[str | int, ...]


@dataclass(frozen=True)
class Document:
    """A YAML file: its value and the line (from 1) of everything in it; `repeated` are keys written twice."""

    value: Any
    lines: dict[Path, int]
    repeated: tuple[Path, ...]

    def line(self, path: Path) -> int:
        """The line of `path`, or of the nearest thing around it."""
        while path and path not in self.lines:
            path = path[:-1]
        return self.lines.get(path, 1)


def parse_yaml(content: str) -> Document:
    """Raises yaml.YAMLError. Only plain data: no tags that make objects."""
    loader = _Loader(content)
    try:
        node = loader.get_single_node()
        value = loader.construct_document(node) if node else None
    finally:
        loader.dispose()
    lines: dict[Path, int] = {}
    repeated = []
    for path, line in _walk(node, ()) if node else ():
        if path in lines:
            repeated.append(path)
        lines[path] = line
    return Document(value, lines, tuple(repeated))


def _walk(node: yaml.Node, path: Path) -> Iterator[tuple[Path, int]]:
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            here = (*path, str(key.value))
            yield here, key.start_mark.line + 1
            yield from _walk(value, here)
    elif isinstance(node, yaml.SequenceNode):
        for index, value in enumerate(node.value):
            here = (*path, index)
            yield here, value.start_mark.line + 1
            yield from _walk(value, here)
