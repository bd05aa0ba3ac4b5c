# SPDX-License-Identifier: Apache-2.0
"""The generated catalogue, and that a search of it asks the database nothing."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from benchmarks import catalogue
from wangge.catalog.queries import search_classes


def test_it_is_as_large_as_the_largest_and_labelled() -> None:
    known = catalogue.generated()
    levels = [info.level for info in known.classes.values()]
    assert [levels.count(level) for level in ("major", "minor", "detail")] == [121, 590, 3_537]
    assert {info.generation for info in known.classes.values()} == {"generated"}
    assert all(known.fileable(code) for code in known.classes)
    assert all(
        info.path.endswith(f"{info.code}/") and info.path.startswith("G") for info in known.classes.values()
    )


@pytest.mark.django_db
@pytest.mark.usefixtures("city")
def test_a_search_is_from_memory_whatever_the_size(monkeypatch: pytest.MonkeyPatch) -> None:
    search_classes("井盖")
    for known in (catalogue.generated(2, 3, 4), catalogue.generated()):
        monkeypatch.setattr("wangge.catalog.queries.catalog", lambda held=known: held)
        with CaptureQueriesContext(connection) as asked:
            for words in catalogue.words(20):
                for info in search_classes(words):
                    assert all(w in info.name_zh or info.code.lower().startswith(w) for w in words.split())
        assert not asked.captured_queries
    found = search_classes("路灯 破损", limit=5)
    lengths = [len(info.name_zh) for info in found]
    assert len(found) == 5 and lengths == sorted(lengths)
    everything = [i for i in known.classes.values() if "路灯" in i.name_zh and "破损" in i.name_zh]
    assert {i.code for i in search_classes("路灯 破损", limit=9999)} == {i.code for i in everything}
    assert search_classes("没有这个词") == [] == search_classes("  ")
