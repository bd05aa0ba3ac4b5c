# SPDX-License-Identifier: Apache-2.0
"""What the loop refuses, one class per fact."""

from typing import Any

from wangge.catalog.forms import Fault, FormInfo
from wangge.common.errors import BadInput, Conflict, Refused


class WrongState(Conflict):
    code = "wrong_state"
    zh = "案卷 {number} 现在是“{state_zh}”，不能{step_zh}。请刷新页面查看最新情况。"
    en = "Case {number} is now “{state_en}”: “{step_en}” is not possible. Reload to see what happened."


class StalePage(Conflict):
    code = "stale_page"
    zh = "您打开页面后案卷 {number} 已有新的办理记录。您的填写没有丢失，请核对后重新提交。"
    en = "Case {number} has moved on since you opened the page. What you typed is kept: check and submit again."


class KeyReused(Conflict):
    code = "key_reused"
    zh = "这个幂等键已用于另一项不同的请求，请为新请求生成新的键。"
    en = "This idempotency key was used for a different request; make a new key for a new request."


class RequestPending(Conflict):
    code = "request_pending"
    zh = "同一事项已有申请或督办尚未办结，请先等它办结（见案卷页“旁支程序”），再重新提交。"
    en = (
        "A request or an order of that kind is still open on this case: wait until it is settled (see “Beside the line” on "
        "the case page), then send this again."
    )


class NoRequest(Conflict):
    code = "no_request"
    zh = "没有待裁定的申请，可能已有人裁定，请刷新页面。"
    en = "There is no request to rule on; someone may have ruled already. Reload the page."


class ReturnSettled(Conflict):
    code = "return_settled"
    zh = "退单已有裁定，不能再次申请；不服可在期限内提出一次异议，终裁后请继续处置。"
    en = "The return was ruled on and cannot be asked for again: object once within the time allowed, or go on handling."


class ObjectionTooLate(Conflict):
    code = "objection_too_late"
    zh = "提出异议或申诉的期限（{until} 前）已过。"
    en = "The time to object or appeal ended at {until}."


class NoClock(Conflict):
    code = "no_clock"
    zh = "本案卷没有正在计时的时限，不需要延期或挂账。"
    en = "No limit runs on this case: there is nothing to extend or suspend."


class Suspended(Conflict):
    code = "suspended"
    zh = "案卷正在挂账，时限已停止；请先恢复办理。"
    en = "The case is suspended and its clock stands still: resume it first."


class ExtensionsUsed(Conflict):
    code = "extensions_used"
    zh = "本案卷已延期 {most} 次，不能再延。"
    en = "This case was extended {most} times; no further extension is possible."


class ExtensionTooLate(Conflict):
    code = "extension_too_late"
    zh = "延期须在到期（{due}）之前申请，现已超期。"
    en = "An extension is asked for before the deadline ({due}), which has passed."


class AmountOutOfRange(BadInput):
    code = "amount_out_of_range"
    zh = "延长的时限应为 1 至 {most} 之间的整数（一次最多延长一个原时限）。"
    en = "Extend by a whole number from 1 to {most}: at most one original limit at a time."


class OtherClock(Conflict):
    code = "other_clock"
    zh = "案卷挂账或延期过，不能改用另一种计时方式的标准；请不予更正，由单位退单后重新立案派遣。"
    en = (
        "The case was suspended or extended, so a norm on another clock cannot judge it: refuse the correction; let the "
        "unit return it and dispatch it anew."
    )


class NeedsCallback(Conflict):
    code = "needs_callback"
    zh = "来电、来访等需要回访的案卷不能现场办结，请受理后按流程办理。"
    en = "Whoever reported this is to be called back: it cannot be settled on the spot. Accept it and handle it by the flow."


class UntilOutOfRange(BadInput):
    code = "until_out_of_range"
    zh = "挂账截止日期应在 {first} 至 {last} 之间（最长 {most} 天）。"
    en = "A suspension ends between {first} and {last}: {most} days at most."


class StageFirst(Conflict):
    code = "stage_first"
    zh = "到达现场、先行处置完成之后才能申请挂账。"
    en = "Be on site and make the place safe first; then ask for suspension."


class NoLeadUnit(Conflict):
    code = "no_lead_unit"
    zh = "案卷没有主办单位，不能督办；请先派遣。"
    en = "No unit leads the case, so no order can be issued: dispatch it first."


class NotOverdue(Conflict):
    code = "not_overdue"
    zh = "本案卷没有超期，不需要申诉。"
    en = "This case was not overdue: there is nothing to appeal."


class AppealedBefore(Conflict):
    code = "appealed_before"
    zh = "本案卷的超期已申诉过一次，不能再次申诉。"
    en = "The overdue mark of this case was appealed once already."


class UnknownChoice(BadInput):
    code = "unknown_choice"
    zh = "“{field}”的选项“{given}”不可用，请从列表中选择：{known}。"
    en = "“{given}” is no choice of “{field}”; choose one of: {known}."


class NothingToCorrect(BadInput):
    code = "nothing_to_correct"
    zh = "请填写正确的类别、立案条件或位置，且与现在的不同。"
    en = "Give the right class, norm or place, different from the present one."


class NotLinked(Conflict):
    code = "not_linked"
    zh = "本案卷与 {target} 没有关联，无需撤销。"
    en = "This case is not linked to {target}: there is nothing to undo."


class AreaNotBelow(BadInput):
    code = "area_not_below"
    zh = "只能交办给案卷所在地的下级：{known}。"
    en = "A case is assigned to a level below, where it lies: {known}."


class WrongParts(BadInput):
    code = "wrong_parts"
    zh = "拆分应写明 {least} 至 {most} 个子案，每个一行。"
    en = "Split into {least} to {most} parts, one line each."


class PartsOpen(Conflict):
    code = "parts_open"
    zh = "还有子案没有办结（{numbers}），请先办结，再汇总。"
    en = "Some parts have not ended yet ({numbers}): gather them when they have."


class PartInHand(Conflict):
    code = "part_in_hand"
    zh = "子案 {numbers} 已派遣或办理，不能撤销拆分；请待其办结后汇总。"
    en = "Parts {numbers} were dispatched or handled: the split cannot be cancelled. Gather them when they have ended."


class ParentEnded(Conflict):
    code = "parent_ended"
    zh = "本案卷是 {parent} 的子案，主案已汇总或结束；请先重开主案。"
    en = "This case is a part of {parent}, which was gathered or has ended: reopen that one first."


class StageNotOpen(Conflict):
    code = "stage_not_open"
    zh = "本案卷没有待办的“{step_zh}”：立案条件未规定，或已有人办理。请刷新页面查看。"
    en = "Nothing awaits “{step_en}” here: the norm does not ask for it, or somebody has done it. Reload the page."


class TopLevel(Conflict):
    code = "top_level"
    zh = "案卷已在最高一级，不能再上报；超出本级权限的请移交。"
    en = "The case is at the top level already and cannot be escalated; transfer what is beyond the city's power."


class ReopenTooLate(Conflict):
    code = "reopen_too_late"
    zh = "结案已超过可重开的期限（{until} 前）。请另行上报。"
    en = "The window for reopening ended at {until}; report the matter anew."


class MergeTargetClosed(Conflict):
    code = "merge_target_closed"
    zh = "目标案卷 {target} 已经结束，不能并入；请选择未结束的案卷。"
    en = "Case {target} has ended and takes no others; choose an open one."


class StepDenied(Refused):
    """Why this person may not take this step now; `reason` is the code of the denial."""

    code = "step_denied"
    zh = "{zh_reason}"
    en = "{en_reason}"

    def __init__(self, reason: str, zh: str, en: str) -> None:
        self.reason = reason
        super().__init__(zh_reason=zh, en_reason=en)

    def as_dict(self) -> dict[str, Any]:
        return super().as_dict() | {"reason": self.reason}


class Missing(BadInput):
    """A step lacks something it needs."""

    code = "missing"
    zh = "请填写：{zh_field}。"
    en = "Please give: {en_field}."


class NoChecklist(BadInput):
    code = "no_checklist"
    zh = "类别“{class_code}”没有检查表，请另选类别。"
    en = "The class “{class_code}” has no checklist for visits; choose another."


class WrongFields(BadInput):
    """`faults`: what does not fit the form of the class, field by field; told as [{in, field, kind, problem: {zh, en}}]."""

    code = "wrong_fields"
    zh = "表单填写有误，请改正：{zh_fields}。其余内容没有丢失。"
    en = "Please correct the form: {en_fields}. Everything else is kept."

    def __init__(self, form: FormInfo | None, faults: list[Fault]) -> None:
        self.faults = faults
        known = form.by_name if form else {}
        names = list(dict.fromkeys(fault.field for fault in faults))
        super().__init__(
            zh_fields="、".join(known[n].title_zh if n in known else n for n in names),
            en_fields=", ".join(known[n].title_en if n in known else n for n in names),
        )

    def as_dict(self) -> dict[str, Any]:
        """With `fields`, as the API tells every fault of a body."""
        told = [
            {"in": "body", "field": f"fields.{f.field}".rstrip("."), "kind": f.kind, "problem": {"zh": f.zh, "en": f.en}}
            for f in self.faults
        ]  # fmt: skip
        return super().as_dict() | {"fields": told}


class AnswersContradict(BadInput):
    code = "answers_contradict"
    zh = "回访结果与两个回答不一致：已解决且满意才是“满意”，否则是“未解决或不满意”。"
    en = "The result contradicts the two answers: solved and satisfied together are “satisfied”, anything else is not."


class PlaceSettled(Conflict):
    code = "place_settled"
    zh = "案卷的网格在立案时已确定，派核查时不能更改。"
    en = "The grid of the case was settled before filing and cannot be changed when it is sent to be checked."


class UnknownStep(BadInput):
    code = "unknown_step"
    zh = "没有“{step}”这一步。可用：{known}。"
    en = "There is no step “{step}”. Known: {known}."


class UnknownResult(BadInput):
    code = "unknown_result"
    zh = "“{result}”不是这一步的结果。可用：{known}。"
    en = "“{result}” is not a result of this step. Known: {known}."


class UnknownClass(BadInput):
    code = "unknown_class"
    zh = "没有可立案的类别“{class_code}”。请从类别列表中选择。"
    en = "There is no class “{class_code}” with norms. Choose one from the catalogue."


class UnknownNorm(BadInput):
    code = "unknown_norm"
    zh = "所选立案条件不属于类别“{class_code}”，或已失效。请重新选择。"
    en = "The chosen norm does not belong to class “{class_code}” or is no longer in force. Choose again."


class UnknownGrid(BadInput):
    code = "unknown_grid"
    zh = "没有编码为“{grid}”的单元网格。请按名称或编码重新查找。"
    en = "There is no unit grid “{grid}”. Find it again by its name or code."


class UnknownUnit(BadInput):
    code = "unknown_unit"
    zh = "没有责任单位“{unit}”。请从列表中选择。"
    en = "There is no unit “{unit}”. Choose one from the list."


class KindNotAllowed(BadInput):
    code = "kind_not_allowed"
    zh = "“{unit_zh}”是{kind_zh}，本案卷的立案条件规定{role_zh}单位应为：{allowed_zh}。请改选，或填写理由后派遣。"
    en = (
        "“{unit_en}” is a {kind_en}; the norm of this case wants as {role_en} unit: {allowed_en}. "
        "Choose another, or give a reason."
    )


class UnknownHandler(BadInput):
    code = "unknown_handler"
    zh = "所选人员不是本单位的处置员。请从列表中选择。"
    en = "That person is not a handler of this unit. Choose one from the list."


class UnknownPassage(BadInput):
    code = "unknown_passage"
    zh = "没有这段文字，或已删除。请从列表中选择。"
    en = "There is no such text, or it is deleted already. Choose one from the list."


class UnknownTarget(BadInput):
    code = "unknown_target"
    zh = "没有可关联的案卷“{target}”。请核对编号（不能是本案卷）。"
    en = "There is no case “{target}” to join. Check the number (not this case itself)."


class UnknownChannel(BadInput):
    code = "unknown_channel"
    zh = "没有来源渠道“{channel}”。可用：{known}。"
    en = "There is no channel “{channel}”. Known: {known}."


class PhotoUnavailable(BadInput):
    code = "photo_unavailable"
    zh = "有照片不存在、不是您上传的，或已用于其他记录。请重新上传。"
    en = "A photo does not exist, is not yours, or is already used. Upload it again."


class TooFewPhotos(BadInput):
    code = "too_few_photos"
    zh = "这一步至少需要 {needed} 张照片，现有 {given} 张。"
    en = "This step needs at least {needed} photo(s); {given} given."


class TooFewPhotosToFile(Conflict):
    code = "too_few_photos_to_file"
    zh = "这一立案条件要求至少 {needed} 张现场照片，案卷现有 {held} 张，还缺 {lacking} 张。请受理员派监督员核实，其照片一并计入。"
    en = (
        "This norm asks for at least {needed} photo(s) of the site; the case holds {held}, {lacking} short. "
        "Have the operator send an inspector to verify: the photos taken then count."
    )


class TextTooLong(BadInput):
    code = "text_too_long"
    zh = "“{field}”超过 {most} 个字，请缩短。"
    en = "“{field}” is longer than {most} characters; shorten it."


class UnknownText(BadInput):
    code = "unknown_text"
    zh = "没有名为“{field}”的文字项。可用：{known}。"
    en = "There is no text named “{field}”. Known: {known}."


class UnstorableText(BadInput):
    code = "unstorable_text"
    zh = "文字中有无法保存的控制字符（如空字符），请删除后重新提交。"
    en = "The text holds a character that cannot be stored (such as NUL); remove it and submit again."


class AccuracyOutOfRange(BadInput):
    code = "accuracy_out_of_range"
    zh = "定位精度应在 0 到 {most} 米之间。"
    en = "The accuracy of a position lies between 0 and {most} m."
