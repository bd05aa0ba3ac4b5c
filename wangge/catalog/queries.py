# SPDX-License-Identifier: Apache-2.0
"""Classes and norms in force, held in memory; search of classes by words."""

from collections import defaultdict
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import islice

from django.db.models import Q

from wangge.catalog.forms import FormInfo
from wangge.catalog.models import CatalogClass, ClassMapping, Form, Generation, Module, Norm, Procedure
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
    generation: str
    name_zh: str
    name_en: str


@dataclass(frozen=True)
class ModuleInfo:
    code: str
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
    arrive_limit: int | None
    arrive_clock: str
    safe_limit: int | None
    safe_clock: str
    safe_zh: str
    safe_en: str
    closing_zh: str
    closing_en: str
    photos_report: int
    photos_handle: int
    photos_check: int
    area_grade: str
    lead_kinds: list[str]
    assist_kinds: list[str]
    legal_basis: str
    source: str
    local: bool


@dataclass(frozen=True)
class ProcedureInfo:
    """What a procedure sheet says beside the norms; see catalog.models.Procedure."""

    reviewed_zh: str
    reviewed_en: str
    basis_zh: str
    basis_en: str
    source: str


_CLASS = ("id", "code", "parent", "path", "level", "kind", "module", "generation", "name_zh", "name_en")
_USES = [*Form.Use.values]
_NORM = tuple(NormInfo.__dataclass_fields__)
_FORM = ("id", "class_code", "area", "use", "title_zh", "title_en", "fields")
_PROCEDURE = tuple(ProcedureInfo.__dataclass_fields__)


@dataclass(frozen=True)
class Catalog:
    modules: dict[str, ModuleInfo]
    classes: dict[str, ClassInfo]
    _norms: dict[str, tuple[NormInfo, ...]]
    #: class -> the class of another generation that is the same or contains it
    _mapped: dict[str, str]
    #: generations under whose classes cases are filed
    filing: frozenset[str]
    #: (class, area, use) -> form; area "" = everywhere
    forms: dict[tuple[str, str, str], FormInfo]
    _procedures: dict[str, ProcedureInfo]

    def upward(self, class_code: str) -> list[str]:
        """The codes of a class and of those above it, nearest first; empty where it is not in force."""
        info = self.classes.get(class_code)
        return info.path.strip("/").split("/")[::-1] if info else []

    def norms_of(self, class_code: str) -> tuple[NormInfo, ...]:
        """The norms of a class: its own, else those of the nearest class above that has any, else those of the class
        of another generation that stands for it."""
        return next((self._norms[code] for code in self._served_by(class_code) if code in self._norms), ())

    def norms_for(self, class_code: str, grade: str) -> tuple[NormInfo, ...]:
        """Those of its norms that hold where the area is of that grade; a norm without a grade holds everywhere."""
        return tuple(norm for norm in self.norms_of(class_code) if norm.area_grade in ("", grade))

    def _served_by(self, class_code: str) -> list[str]:
        """The classes whose rules a class uses, nearest first."""
        return [*self.upward(class_code), *self.upward(self._mapped.get(class_code, ""))]

    def form_for(self, class_code: str, area_path: str, use: str) -> FormInfo | None:
        """The form asked for: of the nearest class that has one for the place, and of its forms the nearest area's."""
        areas = [*area_path.strip("/").split("/")[::-1], ""]
        keys = ((code, area, use) for code in self._served_by(class_code) for area in areas)
        return next((self.forms[key] for key in keys if key in self.forms), None)

    def forms_of(self, class_code: str) -> list[FormInfo]:
        """Every form that `form_for` can give for the class, whatever the place, by use."""
        served = self._served_by(class_code)
        keys = {(form.area, form.use) for form in self.forms.values()}
        nearest = {
            key: next((self.forms[c, *key] for c in served if (c, *key) in self.forms), None) for key in keys
        }
        return sorted((f for f in nearest.values() if f), key=lambda f: (_USES.index(f.use), f.area))

    def procedure_of(self, class_code: str) -> ProcedureInfo | None:
        """What is reviewed and on what basis: the class's own, else that of the nearest class above."""
        found = (self._procedures[c] for c in self._served_by(class_code) if c in self._procedures)
        return next(found, None)

    @cached_property
    def _searched(self) -> list[tuple[ClassInfo, str, str]]:
        """Each class cases may be filed under with its names and its code in small letters, shortest name first."""
        found = [info for info in self.classes.values() if info.generation in self.filing]
        found.sort(key=lambda info: (len(info.name_zh), info.code))
        return [(info, f"{info.name_zh} {info.name_en}".lower(), info.code.lower()) for info in found]

    def search(self, words: str, limit: int) -> list[ClassInfo]:
        """At most `limit` classes that hold every one of `words` (separated by spaces) in a name or begin with it in their
        code, shortest name first. From memory: the largest catalogue known has some thousand classes."""
        terms = words.lower().split()
        if not terms:
            return []
        found = (
            info
            for info, name, code in self._searched
            if all(term in name or code.startswith(term) for term in terms) and self.fileable(info.code)
        )
        return list(islice(found, limit))

    def fileable(self, class_code: str) -> bool:
        """A case can be filed under this class: it has norms, and its generation is not for reference only."""
        info = self.classes.get(class_code)
        return info is not None and info.generation in self.filing and bool(self.norms_of(class_code))


def _load() -> Catalog:
    classes = {row[1]: ClassInfo(*row) for row in CatalogClass.objects.current().values_list(*_CLASS)}
    norms: dict[str, list[NormInfo]] = defaultdict(list)
    for row in Norm.objects.current().order_by("code").values_list(*_NORM):
        norms[row[2]].append(NormInfo(*row))
    modules = Module.objects.current().order_by("code").values_list("code", "name_zh", "name_en")
    # of several the last is kept: "same" after "narrower"
    mapped = ClassMapping.objects.current().exclude(relation="broader").order_by("relation", "-other")
    procedures = Procedure.objects.current().values_list("class_code", *_PROCEDURE)
    forms = [FormInfo(*row) for row in Form.objects.current().order_by("class_code").values_list(*_FORM)]
    return Catalog(
        {row[0]: ModuleInfo(*row) for row in modules},
        classes,
        {code: tuple(rows) for code, rows in norms.items()},
        dict(mapped.values_list("class_code", "other")),
        frozenset(Generation.objects.current().filter(filing=True).values_list("code", flat=True)),
        {(form.class_code, form.area, form.use): form for form in forms},
        {row[0]: ProcedureInfo(*row[1:]) for row in procedures},
    )


catalog = Fresh(_load)


@lru_cache(maxsize=20_000)
def norm(norm_id: int) -> NormInfo:
    """Any norm, also one no longer in force: the content of a norm row never changes."""
    return NormInfo(*Norm.objects.values_list(*_NORM).get(pk=norm_id))


@lru_cache(maxsize=2_000)
def form(form_id: int) -> FormInfo:
    """Any version of a form: the content of a row never changes."""
    return FormInfo(*Form.objects.values_list(*_FORM).get(pk=form_id))


def mappings_of(class_code: str) -> list[tuple[str, str]]:
    """(relation, class): what a class is to each class of another generation it is mapped to, from either side."""
    turned = {"same": "same", "narrower": "broader", "broader": "narrower"}
    current = ClassMapping.objects.current().order_by("other", "class_code")
    own = current.filter(class_code=class_code).values_list("relation", "other")
    others = current.filter(other=class_code).values_list("relation", "class_code")
    return list(dict.fromkeys([*own, *((turned[relation], code) for relation, code in others)]))


def codes_under(code: str) -> list[str]:
    """A class and those below it, in any version."""
    rows = CatalogClass.objects.filter(Q(path__contains=f"/{code}/") | Q(path__startswith=f"{code}/"))
    return [*rows.order_by("code").values_list("code", flat=True).distinct()]


def search_classes(words: str, limit: int = 20) -> list[ClassInfo]:
    """Classes in force that cases are filed under; see `Catalog.search`."""
    return catalog().search(words, limit)
