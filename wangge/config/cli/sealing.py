# SPDX-License-Identifier: Apache-2.0
"""`wangge sealing`: the keys that seal who called."""

import click

from wangge.config.cli.opening import open_database
from wangge.config.paths import renew_secret, secret


@click.group()
def sealing() -> None:
    """The keys that seal contacts · 联系方式加密密钥"""


@sealing.command()
def renew() -> None:
    """Seal with a new key from now on · 更换密钥

    Old keys stay while something is sealed with them; the worker seals it anew within the hour. Run it again later
    to drop them. Restart `wangge run` (and every worker) at once: what runs does not know the new key.
    旧密钥用到没有内容再用它为止；执行后请立即重启各进程。
    """
    open_database("owner")
    from wangge.cases.models import Contact
    from wangge.common.sealing import name_of

    used = set(Contact.objects.order_by().values_list("sealed_with", flat=True).distinct())
    held = secret("sealing").split()
    keep = [key for key in held if name_of(key) in used]
    renew_secret("sealing", keep)
    click.echo(
        f"已换新密钥，保留旧密钥 {len(keep)} 个；请立即重启。 A new key; {len(keep)} old kept. Restart now."
    )
