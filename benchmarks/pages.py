# SPDX-License-Identifier: Apache-2.0
"""The pages of the desk by HTTP, signed in as many different people, over many different cases and filters."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import cycle, islice
from random import Random
from urllib.parse import urlencode

from benchmarks.client import Connection, counted, get, load
from benchmarks.costs import costing
from benchmarks.figures import Figure, percentile
from benchmarks.installation import Serving, serving, session
from benchmarks.matters import matters
from wangge.cases.actions import report
from wangge.cases.flow import State
from wangge.cases.models import Case
from wangge.cases.queries import Filters, list_cases
from wangge.cases.reference import channels
from wangge.catalog.queries import catalog
from wangge.common.clock import now
from wangge.grids.queries import areas
from wangge.organizations.directory import Actor, directory

REQUESTS = 200  # of each page
SECONDS = 30.0  # after which a slow page is not asked for again
MANY = 8  # clients
PEOPLE = 60  # of each post
CASES = 100  # open ones, and as many of any age
#: characters nobody writes by chance; the benchmark reports one case with them
RARE_WORD = "鸑鷟"
#: what must stand in every page that is shown as it should be
WHOLE = b"</main>"


@dataclass(frozen=True)
class Visit:
    """A page asked for by a person; `shows`: what stands in it when it is the right one."""

    login: str
    path: str
    shows: bytes = WHOLE


@dataclass(frozen=True)
class Page:
    """A kind of page: the visits are made in turn. `bar` of its p95 at one client, in milliseconds."""

    name: str
    visits: Sequence[Visit]
    bar: str = ""


def measure(requests: int = REQUESTS) -> list[Figure]:
    """p95 of every page at 1 client and at 8, in milliseconds; so many requests of each."""
    choice = Random(1)
    kinds = [*_work(choice), *_case_pages(choice), *_lists(choice), *_searches(choice)]
    return timed([page for page in kinds if page.visits], requests)  # perhaps no case is open


def timed(kinds: Sequence[Page], requests: int) -> list[Figure]:
    """p95 of these pages at 1 client and at 8, in milliseconds."""
    logins = {visit.login for page in kinds for visit in page.visits}
    cookies = {login: session(login) for login in logins}
    with serving() as served:
        for page in kinds:  # every web process reads its tables, plans its statements, compiles its templates
            load(served, MANY, islice(_asked(page, cookies), 2 * MANY), SECONDS)
        return [_figure(served, page, cookies, clients, requests) for clients in (1, MANY) for page in kinds]


def _figure(served: Serving, page: Page, cookies: dict[str, str], clients: int, requests: int) -> Figure:
    with costing(served) as cost:
        ran = load(served, clients, islice(_asked(page, cookies), requests), SECONDS)
    note = f"p50 {1000 * percentile(ran.took, 0.5):.1f} ms; {len(ran.took)} requests, {ran.requests_a_second:.0f}/s"
    name = f"{page.name}, p95 at {counted(clients)}"
    bar = page.bar if clients == 1 else ""
    return Figure(name, 1000 * percentile(ran.took, 0.95), "ms", bar, note=f"{note}; {cost.words(ran)}")


def _asked(page: Page, cookies: dict[str, str]) -> Iterator[Callable[[Connection], None]]:
    return (partial(_visit, visit, cookies[visit.login]) for visit in cycle(page.visits))


def _visit(visit: Visit, cookie: str, connection: Connection) -> None:
    body = connection.send(get(visit.path, cookie))
    if visit.shows not in body:
        raise AssertionError(f"{visit.path} as {visit.login} does not show {visit.shows.decode()}")


# -- which pages ---------------------------------------------------------------------------------------------


def _work(choice: Random) -> Iterator[Page]:
    for post in ("operator", "dispatcher", "unit_clerk", "inspector"):
        visits = [Visit(person.login, "/") for person in people(post, choice)]
        yield Page(f"my work as {post}", visits, "< 50")
    lookers = [person for post in ("leader", "operator", "dispatcher") for person in people(post, choice)]
    yield Page("board", [Visit(person.login, "/board/") for person in lookers])


def _case_pages(choice: Random) -> Iterator[Page]:
    """By an operator of the district, and by the clerk of the unit that has the case."""
    for name, cases in (("open", _open_cases(choice)), ("of any age", _cases_of_any_age(choice))):
        visits = []
        for case in cases:
            operator = choice.choice(people("operator", choice))
            clerk = _clerk_of(case.lead_unit_path)
            path, number = f"/cases/{case.number}/", case.number.encode()
            visits += [Visit(person.login, path, number) for person in (operator, clerk) if person]
        yield Page(f"page of a case, {name}", visits, "< 50")


def _lists(choice: Random) -> Iterator[Page]:
    later = [f"{case.reported_at.isoformat()},{case.pk}" for case in _cases_of_any_age(choice)]
    units = [unit.code for unit in directory().units.values() if unit.kind not in ("centre", "squad")]
    filters: dict[str, list[dict[str, str]]] = {
        "newest": [{}],
        "from any case on": [{"after": text} for text in later],
        "by state": [{"state": state.value} for state in State],
        "by class": [{"class_code": code} for code in catalog().classes if catalog().fileable(code)],
        "by unit": [{"unit": code} for code in units],
        "by area": [{"area": code} for code in areas()],
        "by channel": [{"channel": code} for code in channels()],
        "by light": [{"light": light} for light in ("red", "yellow", "green")],
        "only open": [{"open": "1"}],
    }
    for name, queries in filters.items():
        yield Page(f"list, {name}", _asking(choice, queries))
    clerks = [Visit(person.login, "/cases/") for person in people("unit_clerk", choice)]
    yield Page("list, of a unit's clerk", clerks)


def _searches(choice: Random) -> Iterator[Page]:
    """By words of descriptions, from the most frequent to one written once, and by the end of a number."""
    cases = [*_open_cases(choice), *_cases_of_any_age(choice)]
    known = catalog().classes
    names = Counter(known[case.class_code].name_zh for case in cases if case.class_code in known)
    _report_rare()
    tails = [case.number[-digits:] for case in cases for digits in (4, 6, 8)]
    words = {
        "a frequent word": [names.most_common(1)[0][0]],
        "names of classes": list(names),
        "a word of one case": [RARE_WORD],
        "the end of a number": tails,
    }
    for name, texts in words.items():
        yield Page(f"search, {name}", _asking(choice, [{"words": text} for text in texts]))


# -- of whom and of what -------------------------------------------------------------------------------------


def _asking(choice: Random, queries: Sequence[dict[str, str]]) -> list[Visit]:
    """The list with each of the queries, in random order, by operators and dispatchers in turn."""
    asking = [*people("operator", choice)[:12], *people("dispatcher", choice)[:12]]
    count = max(len(asking), len(queries))
    asked = islice(cycle(choice.sample(list(queries), len(queries))), count)
    return [
        Visit(person.login, f"/cases/?{urlencode(query)}")
        for person, query in zip(cycle(asking), asked, strict=False)
    ]


def people(post: str, choice: Random) -> list[Actor]:
    """Holders of the post wherever it may be, at most PEOPLE of them."""
    holders = sorted(directory().holders(post, unit_path="", area_path=""))
    return [directory().actor(person) for person in choice.sample(holders, min(PEOPLE, len(holders)))]


def _clerk_of(unit_path: str) -> Actor | None:
    if not unit_path:
        return None
    holders = directory().holders("unit_clerk", unit_path=unit_path, area_path="")
    return directory().actor(holders[0]) if holders else None


def _open_cases(choice: Random) -> list[Case]:
    newest = list(Case.objects.open().order_by("-pk")[: 20 * CASES])
    return choice.sample(newest, min(CASES, len(newest)))


def _cases_of_any_age(choice: Random) -> list[Case]:
    """Spread evenly over the ids, each found by the index however many there are."""
    ends = Case.objects.order_by("pk").first(), Case.objects.order_by("-pk").first()
    if ends[0] is None or ends[1] is None:
        raise LookupError("there is no case yet: seed first")
    picked = [choice.randint(ends[0].pk, ends[1].pk) for _ in range(CASES)]
    found = [Case.objects.filter(pk__gte=pk).order_by("pk").first() for pk in picked]
    return [case for case in found if case]


def _report_rare() -> None:
    """One case with the rare word, where there is none."""
    matter = matters(1)[0]
    actor = next(
        a for a in (directory().actor(p) for p in directory().people) if a.login == matter.reject.login
    )
    moment = now()
    if not list_cases(actor, Filters(words=RARE_WORD), at=moment, limit=1).rows:
        report(description=f"【压测】有人看见{RARE_WORD}。", lon=None, lat=None, actor=actor, at=moment)
