# SPDX-License-Identifier: Apache-2.0
"""Every kind of key: none, broken, unknown, revoked, of somebody who has left, of one scope, of every post."""

from dataclasses import dataclass

from tests.city import person
from wangge.common.clock import now
from wangge.exchange.actions import create_key, revoke_key
from wangge.exchange.models import ApiKey

ALL = tuple(ApiKey.Scope.values)
#: one of every post (the tests compare with the posts there are); of the areas and units where they see different cases
CAST = (
    "operator_1", "operator_east", "operator_west", "inspector_east", "inspector_west", "squad_leader_west", "chief_1",
    "chief_west", "dispatcher_1", "dispatcher_east", "clerk_swj", "clerk_xijie", "handler_swj", "handler_dongjie",
    "two_hats", "coordinator", "evaluator", "leader", "administrator", "outsider",
)  # fmt: skip
#: what is sent instead of a key in force
WRONG = {
    "none": "", "empty": "Bearer ", "other scheme": "Basic b3BlcmF0b3I6MQ==", "no secret": "Bearer wg_",
    "no prefix": "Bearer wg__x", "malformed": "Bearer {\x7f}' OR 1=1 --", "not ASCII": "Bearer wg_\xe9\xff_\xfe",
    "long": f"Bearer wg_{'a' * 4000}_{'b' * 4000}", "unknown": f"Bearer wg_{'0' * 10}_{'x' * 43}",
}  # fmt: skip
NAMES = (*WRONG, "revoked", "left", *(f"only {scope}" for scope in ALL), "spent", *CAST)


@dataclass(frozen=True)
class Key:
    """What stands in Authorization (empty = no such header), and for whom; `scopes` empty = must be refused."""

    name: str
    header: str
    login: str = ""
    scopes: tuple[str, ...] = ()
    per_minute: int = 0


def make_keys() -> dict[str, Key]:
    """A key of every kind in NAMES."""
    keys = {name: Key(name, header) for name, header in WRONG.items()}
    keys |= {login: _key(login, login, ALL) for login in CAST}
    keys |= {f"only {scope}": _key(f"only {scope}", "operator_1", (scope,)) for scope in ALL}
    keys["spent"] = _key("spent", "operator_1", ALL, per_minute=1)
    revoked = _key("revoked", "operator_1", ALL)
    revoke_key(revoked.header.split("_")[1], at=now())
    left = _key("left", "operator_2", ALL)
    person("operator_2").__class__.objects.filter(login="operator_2").update(is_active=False)
    keys |= {one.name: Key(one.name, one.header) for one in (revoked, left)}
    return keys


def _key(name: str, login: str, scopes: tuple[str, ...], per_minute: int = 10**6) -> Key:
    _, text = create_key(login=login, name=name, scopes=scopes, per_minute=per_minute, at=now())
    return Key(name, f"Bearer {text}", login, scopes, per_minute)
