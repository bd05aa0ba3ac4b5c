# SPDX-License-Identifier: Apache-2.0
"""A form sent twice at the same moment is one: the slower one is given what the first has made."""

import threading
from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection

from tests.city import actor, person
from tests.loop import bring_to, new_case
from wangge.cases.flow import State
from wangge.common.clock import now
from wangge.inspectors.actions import drawing, entering, feedback, reporting
from wangge.inspectors.reference import local_day

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("city")]


def _twice(call: Callable[[], Any], module: Any, inner: str, monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """What two gave who found no row of the key before: they meet in the function `inner` of the module."""
    gate, found, known = threading.Barrier(2, timeout=20), list[Any](), getattr(module, inner)

    def meeting(*args: Any, **more: Any) -> Any:
        gate.wait()
        return known(*args, **more)

    def run() -> None:
        try:
            found.append(call().pk)
        except Exception as error:
            found.append(error)
        finally:
            connection.close()

    with monkeypatch.context() as patched:
        patched.setattr(module, inner, meeting)
        threads = [threading.Thread(target=run) for _ in range(2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(timeout=60)
    return found


def test_a_double_click_is_answered_with_the_first(monkeypatch: pytest.MonkeyPatch) -> None:
    bring_to(State.CLOSED, at=None)
    missed, evaluator, operator = new_case(at=None), actor("evaluator"), actor("operator_1")
    at: datetime = now()
    day, inspector = local_day(at), person("inspector_east").pk

    def sent(action: Callable[..., Any], *args: Any, **more: Any) -> Callable[[], Any]:
        key = uuid4()
        return lambda: action(*args, at=at, key=key, **more)

    forms: list[tuple[Any, str, Callable[[], Any]]] = [
        (drawing, "said", sent(drawing.draw_sample, since=day, until=day, seed="s", actor=evaluator)),
        (entering, "local_day", sent(entering.enter_missed, inspector, missed.number, reason="漏", actor=evaluator)),
        (feedback, "_due", sent(feedback.take_feedback, "praise", text="好", unit="squad_east", actor=operator)),
        (reporting, "_filed", sent(reporting.file_report, "squad_east", day, 0, actor=actor("inspector_east"))),
    ]  # fmt: skip
    for module, inner, call in forms:
        found = _twice(call, module, inner, monkeypatch)
        assert found[0] == found[1] and isinstance(found[0], int), (module, found)
