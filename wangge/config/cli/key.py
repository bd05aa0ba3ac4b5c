# SPDX-License-Identifier: Apache-2.0
"""`wangge key`: keys with which other systems call the API."""

import click

from wangge.config.cli.opening import open_database

SCOPES = ("case:read", "case:report", "case:step")


@click.group()
def key() -> None:
    """Make, list and revoke keys of the API · 接口密钥"""


@key.command()
@click.option("--person", required=True, metavar="LOGIN", help="Whom the key acts as. 密钥代表的人员。")
@click.option("--name", required=True, help="What the key is for. 用途。")
@click.option(
    "--scope",
    "scopes",
    multiple=True,
    required=True,
    type=click.Choice(SCOPES),
    help="Repeatable. 权限，可重复。",
)
@click.option(
    "--per-minute",
    default=600,
    show_default=True,
    type=click.IntRange(1, 1_000_000),
    help="Requests a minute. 每分钟请求数。",
)
def create(person: str, name: str, scopes: tuple[str, ...], per_minute: int) -> None:
    """Make a key; it is shown once · 新建，只显示一次

    The key can do what the person's posts can, within its scopes. 密钥的权限不超过该人员的岗位。
    """
    open_database("owner")
    from wangge.common.clock import now
    from wangge.exchange.actions import create_key

    _, text = create_key(login=person, name=name, scopes=scopes, per_minute=per_minute, at=now())
    click.echo("请立即保存，之后无法再次查看。 Keep it now: it cannot be shown again.", err=True)
    click.echo(text)


@key.command("list")
def list_() -> None:
    """Show all keys, without their secrets · 列出"""
    open_database("owner")
    from wangge.exchange.models import ApiKey

    for row in ApiKey.objects.select_related("person").order_by("created_at"):
        ended = f"已停用 revoked {row.revoked_at:%Y-%m-%d}" if row.revoked_at else ""
        scopes = ",".join(row.scopes)
        line = f"{row.prefix}  {row.person.login}  {row.name}  {scopes}  {row.per_minute}/min  {row.created_at:%Y-%m-%d}"
        click.echo(f"{line}  {ended}".rstrip())


@key.command()
@click.argument("prefix")
def revoke(prefix: str) -> None:
    """Refuse a key from now on · 停用

    PREFIX is the middle part of the key: wg_PREFIX_... PREFIX 是密钥中间的一段。
    """
    open_database("owner")
    from wangge.common.clock import now
    from wangge.exchange.actions import revoke_key

    revoke_key(prefix, at=now())
    click.echo(f"已停用 {prefix}。 Revoked.")
