# SPDX-License-Identifier: Apache-2.0
"""Words mixed into descriptions, so that a search meets frequent ones and rare ones."""

from itertools import product
from typing import Any

import numpy as np

_FIRST = "东西南北上下左右前后内外大小高低新老公私门窗墙柱桥路街巷树草花井灯杆栏亭台阶坡"
_SECOND = "侧边口面角头处段排间层院场区站点线沿顶底旁缝槽箱牌棚架板管线池井盖座梯廊圃坛"
#: by rank: the first stands in about a third of the descriptions, the last in one of some ten thousand
WORDS = tuple(dict.fromkeys(a + b for a, b in product(_FIRST, _SECOND)))
A_TEXT = 3
_SHARES = np.cumsum(1 / np.arange(1, len(WORDS) + 1))


def mixtures(count: int, rng: np.random.Generator) -> list[str]:
    """`count` phrases of A_TEXT words, each word as frequent as its rank says."""
    ranks = np.searchsorted(_SHARES, rng.uniform(0, _SHARES[-1], (count, A_TEXT)))
    chosen: Any = np.array(WORDS, dtype=object)[np.minimum(ranks, len(WORDS) - 1)]
    return ["、".join(words) for words in chosen]
