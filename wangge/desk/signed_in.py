# SPDX-License-Identifier: Apache-2.0
"""The signed-in person of a request."""

from wangge.cases.reference import flows
from wangge.organizations.directory import Actor
from wangge.ui.signed_in import actor_of

__all__ = ["actor_of", "without_tasks"]


def without_tasks(actor: Actor) -> bool:
    """Do the actor's posts only look on: does no task of a flow in force ever fall to one of them?"""
    rules = [rule.task for flow in flows().values() for rule in flow.states.values()]
    rules += [step.task for flow in flows().values() for step in flow.steps.values()]
    return actor.posts.isdisjoint(rule.post for rule in rules if rule)
