# SPDX-License-Identifier: Apache-2.0
"""The signed-in person of a request."""

from wangge.cases.reference import current_flow
from wangge.organizations.directory import Actor
from wangge.ui.signed_in import actor_of

__all__ = ["actor_of", "without_tasks"]


def without_tasks(actor: Actor) -> bool:
    """Do the actor's posts only look on: does no task of the flow ever fall to one of them?"""
    flow = current_flow()
    rules = [rule.task for rule in flow.states.values()] + [step.task for step in flow.steps.values()]
    return actor.posts.isdisjoint(rule.post for rule in rules if rule)
