# SPDX-License-Identifier: Apache-2.0
"""What is refused about calls and who called; none of it repeats what was sent."""

from wangge.cases.errors import StepDenied
from wangge.common.errors import BadInput, Conflict


class UnknownHotline(BadInput):
    code = "unknown_hotline"
    zh = "来源“{channel}”不是热线。可用：{known}。热线在规则的“热线”表中设定。"
    en = "The channel “{channel}” is no hotline. Known: {known}. Hotlines are set in the table “Hotlines” of the rules."


class NotAPhoneNumber(BadInput):
    """The number itself is told to nobody."""

    code = "not_a_phone_number"
    zh = "回拨号码应为 3 到 20 位数字，可以带区号、空格和短横线。请核对。"
    en = "A callback number has 3 to 20 digits, with spaces and hyphens if you like. Please check it."


class ContactDenied(StepDenied):
    """Why this person may not read who called now."""

    code = "contact_denied"


class ContactGone(Conflict):
    code = "contact_gone"
    zh = "没有联系方式：来电人没有留下，或已按保存期限删除。"
    en = "There is no contact: the caller left none, or it was deleted on time."


class TooSoonToTry(Conflict):
    code = "too_soon_to_try"
    zh = "上次没有联系上；请在 {after} 以后再拨，这次不计入次数。"
    en = "The caller was not reached last time; try again after {after}. This try is not counted."


class CallerNeeded(BadInput):
    code = "caller_needed"
    zh = "来电人每位各回访一次：请写明这次回访的是哪一通来电（call）。还待回访的来电：{calls}。在“回访”页面可以逐位登记。"
    en = (
        "Every caller is called back for themselves: name the call this was about (call). Still waiting: {calls}. The page "
        "“Callbacks” takes them one by one."
    )


class CallerDone(Conflict):
    code = "caller_done"
    zh = "这位来电人这一轮已经回访过，或已试满次数；没有再次记录。请刷新页面，回访其余的来电人。"
    en = (
        "This caller has been called back in this round already, or was tried often enough; nothing was recorded again. "
        "Reload the page and call the others."
    )
