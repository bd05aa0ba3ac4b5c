# SPDX-License-Identifier: Apache-2.0
"""Every refusal of the product by its code."""

import importlib
import pkgutil
from collections.abc import Iterator

import wangge
from wangge.common.errors import DomainError
from wangge.config.reference.markdown import page, table


def errors_page() -> str:
    """docs/reference/errors.md. Imports every module of the product."""
    rows = sorted({(c.code, c.http_status, c.zh, c.en, _room(c)) for c in refusals()})
    return page(
        "Error codes",
        "the classes of DomainError",
        "A refusal carries a stable code, a status and a sentence in both languages that says what to do next. The API "
        'answers `{"code": ..., "message": {"zh": ..., "en": ...}}`, a page shows the sentence in its language. '
        "Words in braces are filled in. `step_denied` carries a `reason` besides, `invalid_request` the `fields`.",
        table(
            ["code", "status", "中文", "English", "room"],
            ([f"`{code}`", status, zh, en, room] for code, status, zh, en, room in rows),
        ),
    )


def refusals() -> Iterator[type[DomainError]]:
    """DomainError and every class below it that the product defines."""
    for module in pkgutil.walk_packages(wangge.__path__, "wangge."):
        parts = module.name.split(".")
        if not {"tests", "migrations", "__main__", "wsgi"} & set(parts):
            importlib.import_module(module.name)
    todo: list[type[DomainError]] = [DomainError]
    while todo:
        one = todo.pop()
        todo += one.__subclasses__()
        parts = one.__module__.split(".")
        if parts[0] == "wangge" and "tests" not in parts and "code" in vars(one):
            yield one


def _room(refusal: type[DomainError]) -> str:
    return refusal.__module__.split(".")[1]
