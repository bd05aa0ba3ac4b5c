# SPDX-License-Identifier: Apache-2.0
"""A document that says only how it differs from another one. Pure."""

from collections.abc import Mapping
from copy import deepcopy
from typing import Any


def laid_over(whole: Any, said: Any) -> Any:
    """`whole` with what `said` names in its place: mappings key by key, anything else whole. A key that `said` has as null
    goes; the others keep their order, new ones come last."""
    if not isinstance(said, Mapping):
        return deepcopy(said)
    found = deepcopy(dict(whole)) if isinstance(whole, Mapping) else {}
    for key, value in said.items():
        if value is None:
            found.pop(key, None)
        else:
            found[key] = laid_over(found.get(key), value)
    return found


def difference(whole: Mapping[str, Any], other: Mapping[str, Any]) -> dict[str, Any]:
    """The least that laid over `whole` says what `other` says; the order of keys both have is not told."""
    found: dict[str, Any] = {}
    for key, value in other.items():
        held = whole.get(key)
        if key in whole and isinstance(held, Mapping) and isinstance(value, Mapping):
            if below := difference(held, value):
                found[key] = below
        elif key not in whole or value != held:
            found[key] = value
    return found | {key: None for key in whole if key not in other}
