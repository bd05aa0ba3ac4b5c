# SPDX-License-Identifier: Apache-2.0
"""What is somebody's number, and what is not."""

import pytest

from wangge.common.numbers import personal_number


@pytest.mark.parametrize(
    "text",
    ["电话13812345678", "139 0000 1234", "138-1234-5678。", "+86 13812345678", "1 3 9 0 0 0 0 1 2 3 4", "010-58881234",
     "（010）58881234", "0571 8765 4321", "02158881234", "请打58881234", "5888 1234", "家里6543210",
     "身份证11010119900101123X", "110101 19900101 1234", "2026-11-22 13812345678"],
)  # fmt: skip
def test_a_telephone_or_identity_number(text: str) -> None:
    assert personal_number(text)


@pytest.mark.parametrize(
    "text",
    ["2026-11-22 至 2026-11-28", "20261122", "2025-2026年度", "案卷 TC2026112300000009", "网格990101001001001",
     "990101001001", "拨款3000000元", "共 4200000 元", "第12345热线",
     "9:30-17:00", "2026年11月22日 09:30", "涉及 7 家单位 15 件"],
)  # fmt: skip
def test_what_papers_hold_besides(text: str) -> None:
    assert not personal_number(text)
