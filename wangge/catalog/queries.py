# SPDX-License-Identifier: Apache-2.0
"""Classes and norms in force, held in memory; search of classes by words."""

from collections import defaultdict
from dataclasses import dataclass
from functools import lru_cache

from django.db import connection
from django.db.models import Q

from wangge.catalog.models import CatalogClass, Norm
from wangge.common.fresh import Fresh


@dataclass(frozen=True)
class ClassInfo:
    id: int
    code: str
    parent: str
    path: str
    level: str
    kind: str
    module: str
    name_zh: str
    name_en: str


@dataclass(frozen=True)
class NormInfo:
    """`limit` in units of `clock`; see catalog.models.Norm."""

    id: int
    code: str
    class_code: str
    condition_zh: str
    condition_en: str
    limit: int
    clock: str
    closing_zh: str
    closing_en: str
    photos_report: int
    photos_handle: int
    photos_check: int
    legal_basis: str
    source: str
    local: bool


_CLASS = ("id", "code", "parent", "path", "level", "kind", "module", "name_zh", "name_en")
_NORM = tuple(NormInfo.__dataclass_fields__)


@dataclass(frozen=True)
class Catalog:
    classes: dict[str, ClassInfo]
    _norms: dict[str, tuple[NormInfo, ...]]

    def norms_of(self, class_code: str) -> tuple[NormInfo, ...]:
        """The norms of a class: its own, else those of the nearest class above that has any."""
        while class_code:
            if class_code in self._norms:
                return self._norms[class_code]
            info = self.classes.get(class_code)
            class_code = info.parent if info else ""
        return ()

    def fileable(self, class_code: str) -> bool:
        """A case can be filed under this class: it has norms."""
        return class_code in self.classes and bool(self.norms_of(class_code))


def _load() -> Catalog:
    classes = {row[1]: ClassInfo(*row) for row in CatalogClass.objects.current().values_list(*_CLASS)}
    norms: dict[str, list[NormInfo]] = defaultdict(list)
    for row in Norm.objects.current().order_by("code").values_list(*_NORM):
        norms[row[2]].append(NormInfo(*row))
    return Catalog(classes, {code: tuple(rows) for code, rows in norms.items()})


catalog = Fresh(_load)


@lru_cache(maxsize=20_000)
def norm(norm_id: int) -> NormInfo:
    """Any norm, also one no longer in force: the content of a norm row never changes."""
    return NormInfo(*Norm.objects.values_list(*_NORM).get(pk=norm_id))


def codes_under(code: str) -> list[str]:
    """A class and those below it, in any version."""
    rows = CatalogClass.objects.filter(Q(path__contains=f"/{code}/") | Q(path__startswith=f"{code}/"))
    return [*rows.order_by("code").values_list("code", flat=True).distinct()]


def search_classes(words: str, limit: int = 20) -> list[ClassInfo]:
    """Classes in force whose name holds every one of `words` (separated by spaces), shortest name first.

    Two characters or more use the bigram index; a single character scans the classes in memory.
    """
    known = catalog().classes
    terms = [t for t in words.lower().split() if t]
    if not terms:
        return []
    if any(len(t) < 2 for t in terms):
        found = [
            c for c in known.values() if all(t in f"{c.name_zh} {c.name_en} {c.code}".lower() for t in terms)
        ]
        found.sort(key=lambda c: (len(c.name_zh), c.code))
        return [c for c in found if catalog().fileable(c.code)][:limit]
    name = "lower(name_zh || ' ' || name_en)"
    clause = " AND ".join(
        f"((bigrams(name_zh || ' ' || name_en) @> bigrams(%s) AND strpos({name}, %s) > 0) OR code ILIKE %s)"
        for _ in terms
    )
    arguments = [v for t in terms for v in (t, t, t.replace("%", "").replace("_", "") + "%")]
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT code FROM catalog_catalogclass WHERE valid_to IS NULL AND {clause}"
            " ORDER BY length(name_zh), code LIMIT %s",
            [*arguments, limit * 3],
        )
        codes = [row[0] for row in cursor.fetchall()]
    return [known[c] for c in codes if c in known and catalog().fileable(c)][:limit]
