# SPDX-License-Identifier: Apache-2.0
"""Posts: axis, steps, permissions."""

import yaml

from wangge.config.reference.flow import standard_flow
from wangge.config.reference.markdown import code, page, table
from wangge.organizations.access import Permission
from wangge.packs.reading import shipped_packs


def posts_page() -> str:
    """docs/reference/posts.md."""
    posts = yaml.safe_load((shipped_packs() / "standard/posts.yaml").read_text())
    flow = standard_flow()
    steps = {post["code"]: [s.code for s in flow.steps.values() if post["code"] in s.posts] for post in posts}
    return page(
        "Posts, steps and permissions",
        "packs/standard/posts.yaml and flow.yaml",
        "What a person may do comes from the posts they hold, each with a scope (an area and, for squads and units, a "
        "unit). A permission opens a page or an address of the API; which steps a post takes stands in the flow.",
        table(
            ["post", "岗位", "name", "axis", "steps"],
            (
                [f"`{p['code']}`", p["name_zh"], p["name_en"], p["axis"], code(*steps[p["code"]])]
                for p in posts
            ),
        ),
        "## Permissions",
        table(
            ["permission", *(p["name_zh"] for p in posts)],
            ([f"`{name}`", *("●" if name in p["permissions"] else "" for p in posts)] for name in Permission),
        ),
    )
