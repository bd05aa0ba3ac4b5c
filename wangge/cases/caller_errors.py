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
