# SPDX-License-Identifier: Apache-2.0
"""Who acts for a post in a replay or a generated day: people of the pack, marked with the origin of what they do."""

from wangge.organizations.directory import Actor, Directory, directory
from wangge.replay.errors import StaffMissing


class Staff:
    """Hands out actors; the same `turn` always gets the same person of a pool."""

    def __init__(self, origin: str) -> None:
        self._origin = origin
        self._pools: dict[tuple[str, str, str], tuple[Actor, ...]] = {}
        self._directory: Directory | None = None

    def holder(self, post: str, *, turn: int, unit: str = "", area_path: str = "") -> Actor:
        """A holder of `post` in the pool of `unit` (a code) and `area_path`. Raises StaffMissing."""
        if self._directory is not directory():  # another pack was loaded meanwhile
            self._directory, self._pools = directory(), {}
        pool = self._pools.get((post, unit, area_path))
        if pool is None:
            info = directory().units.get(unit)
            people = directory().holders(post, unit_path=info.path if info else "", area_path=area_path)
            actors = [directory().actor(person).marked(self._origin) for person in people]
            # a street's own people before the district's, who could take it too
            nearest = max((_reach(actor, post) for actor in actors), default=0)
            pool = tuple(actor for actor in actors if _reach(actor, post) == nearest)
            self._pools[post, unit, area_path] = pool
        if not pool:
            raise StaffMissing(post=post, unit=unit or "—")
        return pool[turn % len(pool)]

    def one(self, person_id: int) -> Actor:
        """This person."""
        return directory().actor(person_id).marked(self._origin)


def _reach(actor: Actor, post: str) -> int:
    """How near an actor is by this post: the longer the path of the area, the smaller the area."""
    return max((len(held.area_path) for held in actor.held if held.post == post), default=0)
