# SPDX-License-Identifier: Apache-2.0
"""Pages that search classes, by HTTP, where the catalogue is as large as the largest district's."""

from collections.abc import Iterator
from dataclasses import replace
from random import Random
from urllib.parse import quote

from benchmarks import catalogue
from benchmarks.figures import Figure
from benchmarks.pages import Page, Visit, people, timed
from wangge.organizations.access import Permission

SEARCHES = 200  # different ones
#: where classes are searched: the page of the classes among the rules, the field of whoever reports or accepts a case
RULES, FIELD = "/rules/classes/?words=", "/classes/?class_words="


def measure(requests: int) -> list[Figure]:
    """p95 of either page at 1 client and at 8, in milliseconds; one person asks with each of many words in turn."""
    catalogue.fill()
    figures = timed(list(_pages(Random(1))), requests)
    return [replace(figure, bar="< 100" if "1 client" in figure.name else "") for figure in figures]


def _pages(choice: Random) -> Iterator[Page]:
    editors = [a for a in people("administrator", choice) if Permission.RULEBOOK_READ in a.permissions]
    yield Page("page of all classes, searched", _visits(editors[0].login, RULES, b"</main>"))
    yield Page("classes found for a field", _visits(people("operator", choice)[0].login, FIELD, b""))


def _visits(login: str, address: str, shows: bytes) -> list[Visit]:
    return [Visit(login, address + quote(words), shows) for words in catalogue.words(SEARCHES)]
