# SPDX-License-Identifier: Apache-2.0
"""What the norm asks for before the repair, and limits recomputed, as the case page shows them."""

from datetime import timedelta

import pytest

from tests.city import COVER, NORM_TWO_STAGES, NORM_WORK_DAYS, TEST_EVENT
from tests.loop import bring_to, new_case, step
from wangge.cases.actions import recompute
from wangge.cases.flow import State
from wangge.cases.models import Case
from wangge.cases.tests.test_recomputing import hours, published
from wangge.catalog.queries import catalog
from wangge.common.clock import now
from wangge.desk.tests.browsing import client_of, picture
from wangge.desk.tests.test_steps import take

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("city")]


def _page(case: Case, login: str) -> str:
    return client_of(login).get(f"/cases/{case.number}/").content.decode()


def test_both_stages_have_a_clock_and_a_form_until_they_are_done() -> None:
    case = bring_to(State.HANDLING, class_code=TEST_EVENT, norm=NORM_TWO_STAGES, at=None)
    page = _page(case, "handler_csgl")
    assert page.count("<dt>到达现场</dt>") == page.count("<dt>先行处置</dt>") - 1 == 1, "one names the norm's"
    assert 'id="step-arrive"' in page and 'id="step-make_safe"' in page and "采取的措施" in page
    work = client_of("handler_csgl").get("/").content.decode()
    assert "到达现场" in work and "先行处置" in work
    status, page = take("handler_csgl", case, "make_safe", remark="已围挡", photos=[picture()])
    assert status == 200 and "已围挡" in page
    assert (
        'id="step-arrive"' not in page
        and 'id="step-make_safe"' not in page
        and "<dt>到达现场</dt>" not in page
    )


def test_a_filing_without_photos_says_what_to_do() -> None:
    case = new_case(at=None, photos=())
    step(case, "accept")
    status, page = take("chief_1", case, "file", norm_id=str(catalog().norms_of(COVER)[0].id))
    assert status == 409 and "还缺 1 张" in page and "派监督员核实" in page


def test_recomputed_limits_stand_in_the_record_with_both_moments() -> None:
    case = bring_to(State.HANDLING, class_code=TEST_EVENT, norm=NORM_WORK_DAYS)
    with published(weekly=hours("09:00-10:00")):
        recompute(at=now() + timedelta(seconds=1))
        page = _page(case, "operator_1")
    assert "时限重算" in page and " → <time" in page and "系统" in page
