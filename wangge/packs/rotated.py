# SPDX-License-Identifier: Apache-2.0
"""A pack written before a rotation knows the squads of before: loading it would send people back unasked."""

from wangge.common.errors import Conflict
from wangge.inspectors.rotation import moved_since
from wangge.organizations.models import Person
from wangge.packs.contents import Pack


class RotationUndone(Conflict):
    code = "rotation_undone"
    zh = (
        "没有载入：数据包中 {count} 人（如 {login}）还在轮岗前的分队，载入会撤销已生效的轮岗。"
        "请先用 wangge pack export 导出现行数据，在其中修改后载入；确要撤销轮岗，请加 --people-of-pack。"
    )
    en = (
        "Not loaded: the pack has {count} people ({login} among them) in the squads they were in before a rotation that is in "
        "force, and would undo it. Export what is in force (wangge pack export), change that and load it; to undo the "
        "rotation, add --people-of-pack."
    )


def check_rotations(pack: Pack) -> None:
    """Raises RotationUndone. Whom the pack has in a squad they never left by a plan, it moves on purpose.

    At most three queries.
    """
    moved = moved_since()
    if not moved:
        return
    logins = dict(Person.objects.filter(pk__in={person for person, _ in moved}).values_list("login", "pk"))
    given: dict[tuple[int, str], set[str]] = {}
    for row in pack.people.rows.values():
        if row.login in logins:
            given.setdefault((logins[row.login], row.post), set()).add(row.unit)
    names = {pk: login for login, pk in logins.items()}
    back = sorted(
        names[person] for (person, post), (left, here) in moved.items()
        if here not in (units := given.get((person, post), set())) and not left.isdisjoint(units)
    )  # fmt: skip
    if back:
        raise RotationUndone(count=len(back), login=back[0])
