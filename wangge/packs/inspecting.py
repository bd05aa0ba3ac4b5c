# SPDX-License-Identifier: Apache-2.0
"""inspectors.yaml: what must hold beyond its shape."""

from collections.abc import Iterator

from wangge.inspectors.rules import Rules
from wangge.packs.contents import Pack
from wangge.packs.faults import Fault


def inspecting_faults(pack: Pack) -> Iterator[Fault]:
    """Entries that would go before they can be appealed; posts nobody can be appointed to."""
    source, rules = pack.sources.get("inspectors.yaml"), pack.rules.get("inspectors")
    if source is None or not isinstance(rules, Rules):
        return
    if rules.ledger.keep_days < rules.ledger.appeal_days:
        yield source.fault(
            ("ledger", "keep_days"),
            "保存天数（keep_days）不应少于申诉期限（appeal_days）。",
            "keep_days must not be less than appeal_days: an entry would go before it can be appealed.",
        )
    if pack.posts.unread:
        return
    for name in ("inspector_post", "leader_post"):
        post = getattr(rules.rotation, name)
        if post not in pack.posts:
            yield source.fault(
                ("rotation", name),
                f"岗位“{post}”不在 posts.yaml 中，请改正或补上。",
                f"Post “{post}” is not in posts.yaml; correct it or add the post.",
            )
