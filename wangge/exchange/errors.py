# SPDX-License-Identifier: Apache-2.0
"""What the API refuses before the field's own rules are asked."""

from typing import Any

from wangge.common.errors import BadInput, Conflict, DomainError, NotFound, Refused


class Unauthenticated(DomainError):
    """The key itself is the matter; every answer of this kind names the scheme in WWW-Authenticate."""

    http_status = 401


class KeyMissing(Unauthenticated):
    code = "key_missing"
    zh = "缺少接口密钥。请在请求头中写明 Authorization: Bearer <密钥>。"
    en = "The API key is missing. Send the header Authorization: Bearer <key>."


class KeyWrong(Unauthenticated):
    code = "key_wrong"
    zh = "接口密钥不正确。请核对，或向系统管理员申请新的密钥。"
    en = "The API key is wrong. Check it, or ask the administrator for a new one."


class KeyRevoked(Unauthenticated):
    code = "key_revoked"
    zh = "接口密钥已停用。请向系统管理员申请新的密钥。"
    en = "The API key has been revoked. Ask the administrator for a new one."


class ScopeMissing(Refused):
    code = "scope_missing"
    zh = "接口密钥没有这项权限，需要：{needed}。请向系统管理员申请。"
    en = "The API key lacks the scope for this; needed: {needed}. Ask the administrator."


class TooManyRequests(DomainError):
    code = "too_many_requests"
    http_status = 429
    zh = "请求过于频繁：每分钟最多 {most} 次，请在 {seconds} 秒后再试。"
    en = "Too many requests: at most {most} a minute; try again in {seconds} s."


class InvalidRequest(BadInput):
    """`fields`: where each fault lies and what it is, as [{in, field, kind, problem: {zh, en}}]."""

    code = "invalid_request"
    zh = "请求有误，请按 fields 中的说明修改：{names}。"
    en = "The request is invalid; correct what `fields` tells: {names}."

    def __init__(self, fields: list[dict[str, Any]]) -> None:
        self.fields = fields
        super().__init__(names=", ".join(dict.fromkeys(f["field"] for f in fields)))

    def as_dict(self) -> dict[str, Any]:
        return super().as_dict() | {"fields": self.fields}


class InvalidJson(DomainError):
    code = "invalid_json"
    http_status = 400
    zh = "请求正文不是有效的 JSON（UTF-8）。"
    en = "The body is not valid JSON (UTF-8)."


class InvalidMultipart(DomainError):
    code = "invalid_multipart"
    http_status = 400
    zh = "上传内容不完整或格式有误，请按 multipart/form-data 重新上传。"
    en = "The upload is incomplete or malformed; send it again as multipart/form-data."


class TooLarge(DomainError):
    code = "too_large"
    http_status = 413
    zh = "请求正文过大。"
    en = "The request body is too large."


class UnknownAddress(NotFound):
    code = "unknown_address"
    zh = "没有这个接口地址：{path}。可用的地址见 /api/v1/openapi.json。"
    en = "There is nothing at {path}. The addresses are listed in /api/v1/openapi.json."


class WrongMethod(DomainError):
    code = "wrong_method"
    http_status = 405
    zh = "这个地址不接受 {method}，可用：{allowed}。"
    en = "This address does not take {method}; allowed: {allowed}."


class ServerError(DomainError):
    code = "server_error"
    http_status = 500
    zh = "服务器出错，已记录。请稍后用同一个幂等键重试。"
    en = "The server failed; the fault is logged. Try again later with the same idempotency key."


class UnknownPerson(BadInput):
    code = "unknown_person"
    zh = "没有在用的登录名“{login}”。"
    en = "There is no active person with the login “{login}”."


class UnknownKey(NotFound):
    code = "unknown_key"
    zh = "没有在用的密钥“{prefix}”。用 wangge key list 查看。"
    en = "There is no key “{prefix}” in use. See wangge key list."


class ExternalIdUsed(Conflict):
    code = "external_id_used"
    zh = "您已用外部编号“{external_id}”上报过案卷；每个编号只立一卷。"
    en = "You have reported a case with the external id “{external_id}” already; each opens one case."
