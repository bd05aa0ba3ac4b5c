# SPDX-License-Identifier: Apache-2.0
"""Refusals of the product: one class per fact, a stable code, what to do next in Chinese and English.

DomainError
├── NotFound            404  absent and invisible look the same
├── Refused             403  this person may not, and why
├── Conflict            409  right request, wrong moment
└── BadInput            422  the request itself must be corrected
"""

from typing import Any, ClassVar


class DomainError(Exception):
    """A refusal told to the user. `facts` fill the sentences; they never hold personal data."""

    code: ClassVar[str] = "domain_error"
    http_status: ClassVar[int] = 400
    zh: ClassVar[str] = "操作没有成功，请稍后再试。"
    en: ClassVar[str] = "The operation did not succeed; please try again."

    def __init__(self, **facts: Any) -> None:
        self.facts = facts
        super().__init__(self.message("en"))

    def message(self, language: str) -> str:
        """The sentence in `language` ("zh" or "en")."""
        return (self.zh if language.startswith("zh") else self.en).format(**self.facts)

    def as_dict(self) -> dict[str, Any]:
        """The body every interface answers with: {code, message: {zh, en}}."""
        return {"code": self.code, "message": {"zh": self.message("zh"), "en": self.message("en")}}


class NotFound(DomainError):
    code = "not_found"
    http_status = 404
    zh = "没有找到，或您无权查看。请核对编号。"
    en = "Not found, or not visible to you. Please check the number."


class Refused(DomainError):
    code = "refused"
    http_status = 403
    zh = "您的岗位不能进行这项操作。"
    en = "Your post may not do this."


class Conflict(DomainError):
    code = "conflict"
    http_status = 409
    zh = "当前状态不允许这项操作，请刷新后再试。"
    en = "The present state does not allow this; reload and try again."


class BadInput(DomainError):
    code = "bad_input"
    http_status = 422
    zh = "填写有误：{detail}"
    en = "Please correct the input: {detail}"
