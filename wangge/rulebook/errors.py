# SPDX-License-Identifier: Apache-2.0
"""What cannot be done to a draft, and what to do instead."""

from collections.abc import Sequence
from typing import Any

from wangge.common.errors import BadInput, Conflict, Refused


class UnknownTable(BadInput):
    code = "unknown_table"
    zh = "没有“{table}”这张表，可用：{known}。"
    en = "There is no table “{table}”; known: {known}."


class RowFaulty(BadInput):
    """`faults`: [{zh, en}], one for each field that must be corrected."""

    code = "row_faulty"
    zh = "{faults_zh}"
    en = "{faults_en}"

    def __init__(self, faults: Sequence[tuple[str, str]]) -> None:
        self.faults = tuple(faults)
        super().__init__(
            faults_zh="".join(zh for zh, _ in faults), faults_en=" ".join(en for _, en in faults)
        )

    def as_dict(self) -> dict[str, Any]:
        """With each fault by itself."""
        return super().as_dict() | {"faults": [{"zh": zh, "en": en} for zh, en in self.faults]}


class RowExists(Conflict):
    code = "row_exists"
    zh = "“{key}”已经存在；要修改它，请打开那一行。"
    en = "“{key}” exists already; open that row to change it."


class RowMissing(Conflict):
    code = "row_missing"
    zh = "“{key}”不在现行数据中，无法修改或停用。"
    en = "“{key}” is not in force, so it cannot be changed or ended."


class RowMoved(Conflict):
    """`columns`: those that changed, where known; `now`: the row as it is; `sent`: as it would be saved (None = ended);
    `in_force`: as the database has it, which a page's memory may not know yet."""

    code = "row_moved"
    zh = "“{key}”在您打开这一页以后已被改动（{by_zh}），所以没有保存。填写的内容都还在：请对照现在的内容，再保存一次。"
    en = (
        "“{key}” was changed after you opened this page ({by_en}), so nothing was saved. What you typed is still here: "
        "compare it with the row as it is now, and save again."
    )

    def __init__(
        self, key: str, by_zh: str, by_en: str, columns: Sequence[str], now: Any, sent: Any, in_force: Any
    ) -> None:
        self.columns, self.now, self.sent, self.in_force = tuple(columns), now, sent, in_force
        super().__init__(key=key, by_zh=by_zh, by_en=by_en)


class KeyFixed(BadInput):
    code = "key_fixed"
    zh = "代码不能改：请停用“{key}”，另建一行。"
    en = "A code cannot be changed: end “{key}” and make another row."


class DraftClosed(Conflict):
    code = "draft_closed"
    zh = "这份草稿不在编辑中，不能再改。请另建一份草稿。"
    en = "This draft is no longer being edited. Start another."


class DraftEmpty(Conflict):
    code = "draft_empty"
    zh = "草稿里没有改动。请先修改，再提交。"
    en = "The draft holds no change. Change something first."


class DraftChanged(Conflict):
    code = "draft_changed"
    zh = "草稿在您打开以后又有改动，没有发布。请重新查看后再发布。"
    en = "The draft was changed after you opened it, so it was not published. Look at it again."


class NotYourDraft(Refused):
    code = "not_your_draft"
    zh = "只有草稿的作者可以改它。请与{author}联系，或另建一份草稿。"
    en = "Only its author may change a draft. Ask {author}, or start another."


class OwnDraft(Refused):
    code = "own_draft"
    zh = "自己的草稿须由另一位有发布权限的同事发布。"
    en = "Someone else with the right to publish must publish your draft."


class OutOfArea(Refused):
    code = "row_out_of_area"
    zh = "“{key}”不在您的辖区内，或涉及全区；请由全区的管理员修改。"
    en = "“{key}” is not in your area, or concerns the whole city; its administrator must change it."


class DueInThePast(BadInput):
    code = "due_in_the_past"
    zh = "生效时间已经过去；请改为将来的时间，或不填（立即生效）。"
    en = "The moment of effect has passed; name a later one, or none for at once."
