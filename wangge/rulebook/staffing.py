# SPDX-License-Identifier: Apache-2.0
"""What changed posts and people would do: rights gained and lost, pools without anyone, tasks in hands that leave."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from django.db.models import Count

from wangge.cases.models import Task
from wangge.grids.queries import areas
from wangge.organizations.directory import Actor, Held, directory, holds
from wangge.organizations.models import Person, Unit
from wangge.packs.contents import Pack
from wangge.packs.trees import paths
from wangge.rulebook.access import readable
from wangge.rulebook.tables import REFERENCE_TABLES

#: appointments by login
Appointed = Mapping[str, Collection[Held]]
MOST_POOLS = 50


@dataclass(frozen=True)
class Turnover:
    """Appointments to a post that begin and end."""

    post: str
    begin: int
    end: int


@dataclass(frozen=True)
class Right:
    """A permission: how many people gain and lose it, and how many have it then."""

    permission: str
    gained: int
    lost: int
    left: int


@dataclass(frozen=True)
class Pool:
    """A post in a unit ("" = none) and an area."""

    post: str
    unit: str
    area: str


@dataclass(frozen=True)
class Staffing:
    """Of the whole city. `leaving`: open tasks in the hands of people who could not take them any more; `stranded`: open
    tasks nobody could take any more; `empty`: pools left without anyone, at most MOST_POOLS of those the reader may read
    of, none without a reader, and how many `others` there are."""

    turnover: tuple[Turnover, ...]
    rights: tuple[Right, ...]
    leaving: int
    stranded: int
    empty: tuple[Pool, ...]
    others: int


def staffing(pack: Pack, reader: Actor | None) -> Staffing:
    """What the posts and people of `pack` would do in place of those in force. Two queries."""
    before, after = _in_force(), _of(pack)
    begin, end = (Counter(held.post for _, held in pairs) for pairs in _moved(before, after))
    empty = _empty(before, after)
    named = [pool for pool in empty if _may_read(pool, reader)][:MOST_POOLS]
    leaving, stranded = _tasks(before, after, end.keys(), pack)
    return Staffing(
        tuple(Turnover(post, begin[post], end[post]) for post in sorted({*begin, *end})),
        _rights(before, after, pack),
        leaving,
        stranded,
        tuple(named),
        len(empty) - len(named),
    )


def _in_force() -> Appointed:
    known = directory()
    return {person.login: known.actor(id).held for id, person in known.people.items()}


def _of(pack: Pack) -> Appointed:
    """Units known now stand where they do now: open tasks follow a unit only later."""
    gone = set(Person.objects.filter(is_active=False).values_list("login", flat=True))
    unit = paths(pack.units) | {code: info.path for code, info in directory().units.items()} | {"": ""}
    found: dict[str, list[Held]] = defaultdict(list)
    for row in pack.people.rows.values():
        if row.login not in gone:
            found[row.login].append(
                Held(row.post, row.unit, unit[row.unit], row.area, areas()[row.area].path)
            )
    return found


def _moved(before: Appointed, after: Appointed) -> tuple[set[tuple[str, Held]], set[tuple[str, Held]]]:
    """Appointments that begin, and that end."""
    one, two = ({(login, h) for login, held in some.items() for h in held} for some in (before, after))
    return two - one, one - two


def _scopes(appointed: Appointed) -> dict[str, set[Held]]:
    """By post: no more than there are squads, units and areas, however many people."""
    found: dict[str, set[Held]] = defaultdict(set)
    for held in appointed.values():
        for one in held:
            found[one.post].add(one)
    return found


def _covered(scopes: Iterable[Held], post: str, unit_path: str, area_path: str) -> bool:
    return any(holds(held, post, unit_path, area_path) for held in scopes)


def _empty(before: Appointed, after: Appointed) -> list[Pool]:
    """Where somebody held a post and nobody, of a wider scope either, would."""
    then = _scopes(after)
    return sorted(
        (
            Pool(held.post, held.unit, held.area)
            for post, scopes in _scopes(before).items()
            for held in scopes
            if not _covered(then.get(post, ()), post, held.unit_path, held.area_path)
        ),
        key=lambda pool: (pool.post, pool.area, pool.unit),
    )


def _tasks(before: Appointed, after: Appointed, posts: Collection[str], pack: Pack) -> tuple[int, int]:
    """(leaving, stranded). One query, by the index of open tasks of a post."""
    open_tasks = Task.objects.filter(closed_at__isnull=True, post__in=[*posts])
    groups = open_tasks.values_list("post", "unit_path", "area_path", "assignee_id").order_by()
    now, then, people = _scopes(before), _scopes(after), directory().people
    leaving = stranded = 0
    for post, unit_path, area_path, assignee, count in groups.annotate(count=Count("pk")):
        where = (post, _still(unit_path, pack), area_path)
        if assignee in people:
            login = people[assignee].login
            theirs = (some.get(login, ()) for some in (before, after))
            leaving += count if [_covered(held, *where) for held in theirs] == [True, False] else 0
        could = (some.get(post, ()) for some in (now, then))
        stranded += count if [_covered(scopes, *where) for scopes in could] == [True, False] else 0
    return leaving, stranded


def _still(unit_path: str, pack: Pack) -> str:
    """A squad that is no more leaves its tasks to the area."""
    unit = directory().units.get(unit_path.rstrip("/").rpartition("/")[2])
    return "" if unit and unit.kind == Unit.Kind.SQUAD and unit.code not in pack.units else unit_path


def _rights(before: Appointed, after: Appointed, pack: Pack) -> tuple[Right, ...]:
    """Of every permission that anybody gains or loses."""
    now = {code: post.permissions for code, post in directory().posts.items()}
    then = {row.code: frozenset(row.permissions) for row in pack.posts.rows.values()}
    gained, lost, left = Counter[str](), Counter[str](), Counter[str]()
    for login in {*before, *after}:
        one, two = (
            frozenset().union(*(posts.get(held.post, ()) for held in some.get(login, ())))
            for some, posts in ((before, now), (after, then))
        )
        gained.update(two - one), lost.update(one - two), left.update(two)
    return tuple(Right(code, gained[code], lost[code], left[code]) for code in sorted({*gained, *lost}))


def _may_read(pool: Pool, reader: Actor | None) -> bool:
    """Who was appointed there is told to whoever reads the staff of the place."""
    if reader is None:
        return False
    reads = readable(reader, REFERENCE_TABLES["people"])
    return reads is None or reads({"unit": pool.unit, "area": pool.area})
