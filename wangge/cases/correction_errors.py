# SPDX-License-Identifier: Apache-2.0
"""What the loop refuses of corrections, one class per fact."""

from wangge.common.errors import BadInput, Conflict


class NotCorrectedNow(Conflict):
    code = "not_corrected_now"
    zh = "类别、立案条件和位置只在立案以后、处置完成以前更正：立案以前请在受理、立案时改选；处置完成以后请在结案说明中写明。"
    en = (
        "Class, norm and place are corrected from the filing until the unit has finished: before, choose them anew when "
        "accepting and filing; afterwards, say so in the words of the closing."
    )


class CorrectionPending(Conflict):
    code = "correction_pending"
    zh = "已申请更正这个案卷的上一步，请先等值班长批准或不予更正。"
    en = "The last step of this case is asked to be taken back: wait until the duty chief has granted or refused it."


class NothingToTakeBack(Conflict):
    code = "nothing_to_take_back"
    zh = "这个案卷现在没有可以更正的内容：主线上的上一步不能更正，或没有保存它之前的情形。请继续办理。"
    en = (
        "There is nothing to correct on this case now: its last step is never taken back, or what was before it is not "
        "kept. Please go on with the case."
    )


class OneCorrection(BadInput):
    code = "one_correction"
    zh = "更正一步须单独申请：请去掉类别、立案条件和位置，或不选步骤。"
    en = "A step is taken back by itself: leave out class, norm and place, or the step."


class NormNotThere(BadInput):
    code = "norm_not_there"
    zh = "现在的立案条件在正确的位置不适用：请把位置和立案条件一并更正。"
    en = "The present norm does not hold at the right place: correct the place and the norm together."


class UnknownEntry(BadInput):
    code = "unknown_entry"
    zh = "办理经过中没有第 {seq} 条，请刷新页面后重新选择。"
    en = "The case has no log entry {seq}: reload the page and choose again."


class NeverTakenBack(Conflict):
    code = "never_taken_back"
    zh = "“{step_zh}”不能更正：{instead_zh}。"
    en = "“{step_en}” is not taken back: {instead_en}."


class StepFollowed(Conflict):
    code = "step_followed"
    zh = "“{step_zh}”之后已办理“{by_zh}”，不能再更正，只能更正主线上的最后一步；请从现在的状态继续办理。"
    en = "“{step_en}” was followed by “{by_en}”: only the last step of the line is taken back. Go on from where the case is."


class TakenBackBefore(Conflict):
    code = "taken_back_before"
    zh = "“{step_zh}”已经更正过，请刷新页面查看。"
    en = "“{step_en}” was taken back before: reload the page."


class StepNotKept(Conflict):
    code = "step_not_kept"
    zh = "“{step_zh}”之前的情形没有保存（系统升级前的步骤，或其后的一步刚被更正），不能更正；请从现在的状态继续办理。"
    en = (
        "What was before “{step_en}” is not kept (a step of before an upgrade, or the one after it was just taken back): go "
        "on from where the case is."
    )


class BuiltUpon(Conflict):
    code = "built_upon"
    zh = "“{step_zh}”之后已“{by_zh}”，时限或内容由此改变，不能再更正；派遣有误的请由单位申请退单。"
    en = (
        "“{by_en}” came after “{step_en}” and rests on it, so it is no longer taken back; of a wrong dispatch, let the unit "
        "ask to return the case."
    )
