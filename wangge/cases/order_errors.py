# SPDX-License-Identifier: Apache-2.0
"""What the loop refuses because of a supervision order, one class per fact."""

from wangge.common.errors import BadInput, Conflict


class OrderRuns(Conflict):
    code = "order_runs"
    zh = "本案卷的督办还没有办结，不能结案：请等单位回复，审核办结后再结案。"
    en = "A supervision order on this case runs: wait for the unit's reply, accept it, then close the case."


class OrderOwed(Conflict):
    code = "order_owed"
    zh = "群众不满意或未评价的案卷必须督办：请下达督办，单位回复、审核办结后再结案。"
    en = (
        "The caller was not satisfied, or never answered: the case must be supervised. Issue an order, accept the unit's "
        "reply, then close the case."
    )


class RepliesAwaited(Conflict):
    code = "order_replies_awaited"
    zh = "三方联合督办的两个单位还没有都回复，不能审核：请等尚未回复的单位回复。"
    en = "Not both units of the joint order have replied: wait for the one that has not, then judge the replies."


class JointNeedsTwo(BadInput):
    code = "order_joint_needs_two"
    zh = "三方联合督办要写明主办单位以外的另一个单位：请在“督办”页面下达。"
    en = "A joint order names a second unit beside the one in charge: issue it on the page “Supervision”."


class OneUnitOnly(BadInput):
    code = "order_one_unit_only"
    zh = "只有三方联合督办可以写明另一个单位：请去掉它，或改选三方联合督办。"
    en = "Only a joint order names a second unit: leave it out, or choose a joint order."
