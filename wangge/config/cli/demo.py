# SPDX-License-Identifier: Apache-2.0
"""`wangge demo`: a city of generated staff, set up, running and with reports coming in."""

import os
import secrets
import sys
import time
import webbrowser
from pathlib import Path

import click

from wangge.config.cli.run import initialize, serving_options
from wangge.config.cluster import Cluster
from wangge.config.faults import EnvironmentFault
from wangge.config.paths import data_folder, make_data_folder
from wangge.config.processes import Child, check_ports, check_stopped, serving_children, supervise
from wangge.packs.reading import shipped_packs

PASSWORD_FILE = "demo-password"
#: recorded requests taken through the loop before the address is printed
FIRST_RECORDED = 300
#: the one sign-in of each post the demo offers: the appointment whose login is a plain word
PLAIN_LOGIN = r"^[a-z]+$"


@click.command()
@click.option(
    "--city", required=True, metavar="NAME", help="The pack to show, by its folder's name. 数据包名称。"
)
@click.option(
    "--rate",
    default=20.0,
    show_default=True,
    type=click.FloatRange(0, 3600),
    help="Reports a minute. 每分钟上报数。",
)
@click.option("--no-browser", is_flag=True, help="Do not open a browser. 不打开浏览器。")
@serving_options
def demo(city: str, rate: float, no_browser: bool, host: str, port: int, workers: int) -> None:
    """Show a city with generated staff · 演示

    Keeps its data in a folder of its own, apart from any real installation. Stop with Ctrl-C; the next start
    goes on where it stopped. 演示数据与正式数据分开存放；按 Ctrl-C 停止，下次继续。
    """
    pack = shipped_packs() / city
    if not (pack / "areas.csv").is_file():  # a base pack has no place
        found = ", ".join(sorted(path.parent.name for path in shipped_packs().glob("*/areas.csv")))
        raise click.BadParameter(f"{city}; 可选 choose one of: {found}", param_hint="--city")
    os.environ["WANGGE_DATA"] = str(data_folder() / "demo" / city)
    check_ports(host, port)
    check_stopped()  # the end of this one would stop the database of one that runs on another port
    began = time.monotonic()
    click.echo("准备数据库和网页文件…  Preparing database and pages…")
    initialize()
    click.echo(f"载入数据包 {city}…  Loading pack {city}…")
    _load(pack)
    if _is_recorded(pack):
        click.echo("回放第一批真实报告…  Replaying the first real reports…")
        _replay_first(pack)
    password = _password()
    logins = _open_logins(password)
    logs = make_data_folder() / "logs"
    logs.mkdir(exist_ok=True)

    def announce() -> None:
        click.echo(f"\n就绪，用时 {time.monotonic() - began:.0f} 秒。 Ready.\n\n  http://{host}:{port}/\n")
        for login, post in logins:
            click.echo(f"  {login:<12} {post}")
        click.echo(f"\n  密码 password: {password}")
        click.echo(f"  数据 data: {data_folder()}\n  日志 logs: {logs}\n  Ctrl-C 停止 stops")
        if not no_browser and _has_screen():
            webbrowser.open(f"http://{host}:{port}/")

    children = [*serving_children(host, port, workers, logs), _input(pack, rate, logs)]
    try:
        supervise(children, ready=announce, address=(host, port))
    finally:
        Cluster().stop()  # also one that an earlier, killed demo left


def _load(pack: Path) -> None:
    from wangge.common.clock import now
    from wangge.packs.loading import load_pack
    from wangge.rulebook.publishing import note_pack

    at = now()
    note_pack(pack.name, load_pack(pack, at=at, people_of_pack=True), at)


def _is_recorded(pack: Path) -> bool:
    """Whether the pack brings recorded requests; otherwise the demo shows a generated day."""
    return (pack / "replay.yaml").is_file()


def _replay_first(pack: Path) -> None:
    """The first part of the recording, unless an earlier start has done it."""
    from wangge.cases.models import Case
    from wangge.cases.models.case import Origin
    from wangge.grids.queries import city
    from wangge.replay.recorded import replay
    from wangge.replay.recording import layout_of, read_recording

    if Case.objects.filter(origin=Origin.REPLAYED)[:FIRST_RECORDED].count() < FIRST_RECORDED:
        layout = layout_of(pack)
        recording = read_recording(layout.reports, layout, city().zone)
        replay(recording.first(FIRST_RECORDED), lambda done, total: None)


def _password() -> str:
    """One password for all of the demo's logins, made when it is first set up and the same from then on."""
    file = make_data_folder() / PASSWORD_FILE
    if not file.exists():
        file.touch(mode=0o600)
        file.write_text("-".join(secrets.token_hex(2) for _ in range(3)))
    return file.read_text()


def _open_logins(password: str) -> list[tuple[str, str]]:
    """Give one person of each post the demo's password; (login, post in both languages) of each."""
    from django.contrib.auth.hashers import make_password

    from wangge.grids.models import City
    from wangge.organizations.models import Appointment, Post
    from wangge.packs.documents import head_of

    head = head_of(City.objects.get())
    if head.city is None or not head.city.demo_people:
        raise EnvironmentFault(
            "这个数据包的人员不是演示人员（demo_people: no），不能用于演示。",
            "The people of this pack are no demo people (demo_people: no); it cannot be shown as a demo.",
        )
    shown: list[tuple[str, str]] = []
    encoded = ""  # hashed once for all, as it is one password
    posts = {post.code: post for post in Post.objects.filter(valid_to=None)}
    appointments = Appointment.objects.filter(valid_to=None, person__login__regex=PLAIN_LOGIN)
    for appointment in appointments.select_related("person").order_by("person__login"):
        person, post = appointment.person, posts[appointment.post]
        if not encoded:
            encoded = person.password if person.check_password(password) else make_password(password)
        if person.password != encoded:
            person.password = encoded
            person.save(update_fields=["password"])
        shown.append((person.login, f"{post.name_zh} {post.name_en}"))
    return shown


def _input(pack: Path, rate: float, logs: Path) -> Child:
    """What brings reports in: the pack's recorded ones where it has some, otherwise a generated day."""
    recorded = _is_recorded(pack)
    command = ["replay", "--quiet"] if recorded else ["day", "--rate", str(rate)]
    return Child(
        "input", [sys.executable, "-m", "wangge.config.cli", *command], {}, logs / "input.log", ends=recorded
    )


def _has_screen() -> bool:
    return sys.platform == "darwin" or any(os.environ.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY"))
