# SPDX-License-Identifier: Apache-2.0
"""What the loop refuses of a reward, one class per fact."""

from wangge.common.errors import BadInput, Conflict


class RewardOutOfRange(BadInput):
    code = "reward_out_of_range"
    zh = "奖励金额应为 1 至 {most} 元的整数。"
    en = "A reward is a whole number of yuan from 1 to {most}."


class BudgetSpent(Conflict):
    code = "budget_spent"
    zh = "{year} 年奖励预算只剩 {left} 元，不够这笔奖励；请不予奖励，或调整预算后再批准。"
    en = "Only {left} yuan of the rewards of {year} are left: refuse this one, or grant it after the budget was changed."


class NoPayee(Conflict):
    code = "no_payee"
    zh = "没有可领奖的人：案卷不是工作人员上报的，也没有留下姓名或号码的来电。请先登记上报人的来电（并入本案卷），再提请。"
    en = (
        "Nobody could be paid: no member of staff reported the case, and no caller has left a name or number. "
        "Take the call of whoever reported it first (joined to this case), then propose the reward."
    )


class RewardedBefore(Conflict):
    code = "rewarded_before"
    zh = "本案卷已批准过一次奖励，不能重复奖励。"
    en = "A reward was granted for this case already."
