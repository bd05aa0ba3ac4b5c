# SPDX-License-Identifier: Apache-2.0
"""Every environment variable the product reads, declared here and compared with the code by a test."""

from typing import NamedTuple

from wangge.config.reference.markdown import page, table


class Setting(NamedTuple):
    name: str
    default: str
    zh: str
    en: str


SETTINGS = (
    Setting(
        "WANGGE_DATA", "`/var/lib/wangge` as root, `.wangge` in a checkout, else the user's data folder",
        "数据目录：数据库、照片、静态文件、密码。",
        "Folder of the database, photos, static files and secrets.",
    ),
    Setting(
        "WANGGE_DATABASE_URL", "the embedded PostgreSQL",
        "改用其他 PostgreSQL（15 以上）；所用账号须能建角色和数据库。",
        "Another PostgreSQL (15 or newer) instead; the user in it must be allowed to create roles and databases.",
    ),
    Setting(
        "WANGGE_DB_PORT", "the first free port from 25432 on, then remembered",
        "内嵌数据库的端口（只在 127.0.0.1 上监听）。",
        "Port of the embedded database (it listens on 127.0.0.1 only).",
    ),
    Setting(
        "WANGGE_DB_ROLE", "`web`", "本进程使用的数据库角色：web、worker 或 owner。通常由 wangge 命令设定。",
        "Database role of this process: web, worker or owner. The `wangge` commands set it.",
    ),
    Setting(
        "WANGGE_HOSTS", "`localhost,127.0.0.1,[::1]`", "应答的主机名，用逗号分隔；不接受 *。",
        "Host names answered, separated by commas; `*` is refused.",
    ),
    Setting(
        "WANGGE_HTTPS", "`0`", "1：Cookie 只走 HTTPS，并发送 HSTS。在反向代理后面设为 1。",
        "1: cookies over HTTPS only, and HSTS. Set it behind a reverse proxy.",
    ),
    Setting("WANGGE_DEBUG", "`0`", "1：显示调试页面，只用于开发。", "1: debugging pages, for development only."),
    Setting(
        "WANGGE_LIVE_URL", "`/live/`; `wangge run` without a proxy names its own next port",
        "网页从哪里取实时更新：同源路径，或同一主机的端口加路径（\":8001/live/\"）。",
        'Where pages find live updates: a path of their own origin, or port and path of their own host (":8001/live/").',
    ),
    Setting(
        "WANGGE_WEB_PORT", "none", "实时更新进程另用端口时，网页的端口。通常由 wangge run 设定。",
        "Port of the pages where the live-update process listens on another one. `wangge run` sets it.",
    ),
    Setting(
        "WANGGE_S3_BUCKET", "photos in the data folder", "照片改存此桶（需安装附加组件 s3，凭据同 boto3）。",
        "Photos go to this bucket (extra `s3`; credentials as for boto3).",
    ),
    Setting(
        "WANGGE_TEST_DATABASE_URL", "a throw-away embedded server", "测试使用的 PostgreSQL。",
        "PostgreSQL the tests run on.",
    ),
    Setting(
        "WANGGE_NO_SKIP", "none", "设为 1 时，被跳过的测试算失败。", "1: a skipped test is a failed one.",
    ),
)  # fmt: skip


def settings_page() -> str:
    """docs/reference/settings.md."""
    return page(
        "Settings",
        "wangge/config/reference/settings.py",
        "All settings are environment variables; a value that makes no sense is refused at start. Secrets are no "
        "settings: they are made on first use and kept in the folder `secrets` of the data folder, readable by its owner.",
        table(
            ["variable", "default", "中文", "meaning"],
            ([f"`{s.name}`", s.default, s.zh, s.en] for s in SETTINGS),
        ),
    )
