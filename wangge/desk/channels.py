# SPDX-License-Identifier: Apache-2.0
"""The channels a person reports by at the desk."""

from wangge.cases.errors import UnknownChannel
from wangge.cases.reference import ChannelInfo, channels_in_force
from wangge.inspectors.squads import in_squad
from wangge.organizations.directory import Actor

#: the post, and the channel, of whoever takes in what reaches the centre
DESK = "operator"
#: the channel of whoever walks with a squad, whatever their post in it
FIELD = "inspector"


def channels_of(actor: Actor) -> list[ChannelInfo]:
    """The channels `actor` may report by, the proposed one first; operators also register what came from outside."""
    posts = {*actor.posts, *(FIELD for held in actor.held if in_squad(held))}
    known = channels_in_force()
    own = [channel for channel in known.values() if not channel.external and channel.code in posts]
    own = own or [known.get(DESK) or next(iter(known.values()))]
    if DESK in actor.posts:
        own.sort(key=lambda channel: channel.code != DESK)
        own += [channel for channel in known.values() if channel.external]
    return own


def chosen_channel(code: str, actor: Actor) -> str:
    """`code`, or the proposed channel without one; raises UnknownChannel for one that is not the actor's."""
    offered = [channel.code for channel in channels_of(actor)]
    if code and code not in offered:
        raise UnknownChannel(channel=code, known=", ".join(offered))
    return code or offered[0]


def channel_of(actor: Actor) -> str:
    """The one proposed."""
    return channels_of(actor)[0].code
